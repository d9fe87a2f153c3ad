import { z } from 'zod';
import type { Caller } from '../../core/message.js';
import { allowed, textOption } from '../allowed.js';
import { defineSourceOf } from '../backend.js';
import { durationBetween } from '../duration-option.js';
import type { Source } from '../index.js';
import { needsSubjects, ruleOf } from '../option-rules.js';
import { reveal } from '../seal.js';
import { unavailable } from '../unavailable.js';
import { valueVersion } from '../value-version.js';
import { assumeRole, keysIn, type Assumed } from './assume-role.js';
import type { AwsBackend, AwsOptions } from './connection.js';
import { asUnavailable } from '../answer.js';
import { roleArnOption } from './region.js';
import { callerTemplate, filled, sessionName } from './session-name.js';

/** Characters, as STS counts them. */
const longestPolicy = 2048;
/** Milliseconds: a session that was made by another lasts no longer. */
const anHour = 3_600_000;
/** Letters, digits, spaces and `_.:/=+-@` (API_Tag of STS). */
const tagValue = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

const aPolicy = allowed(`a text with a JSON object of at most ${longestPolicy} characters, spaces not counted`);
const someTags = allowed('a set of at most 50 tags');
const tagKeys = allowed('a list of at most 50 keys of tags');
const aTag = allowed('the key of a tag');
const somePolicies = allowed('a list of at most 10 ARNs');

const policyOption = z
  .string(aPolicy)
  .refine((text) => (compact(text)?.length ?? Infinity) <= longestPolicy, aPolicy)
  .transform((text) => compact(text) ?? '');

const options = {
  role_arn: roleArnOption.describe('The role to assume.'),
  session_name: callerTemplate
    .default('keywright-{client}')
    .describe(
      'What CloudTrail calls the session; `{client}` is the name of the caller, who gets a session of its own then.',
    ),
  source_identity: callerTemplate.optional().describe('It stays with every session that is made from this one.'),
  tags: z
    .record(
      textOption(
        /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u,
        'the key of a tag: letters, digits, spaces and _.:/=+-@, not beginning with aws:',
      ),
      callerTemplate,
    )
    .refine((tags) => Object.keys(tags).length <= 50, someTags)
    .optional()
    .describe('Session tags, for policies that ask for them.'),
  transitive_tag_keys: z
    .array(z.string(aTag).min(1, aTag).max(128, aTag))
    .max(50, tagKeys)
    .optional()
    .describe('Tags that go on to further sessions.'),
  session_policy: policyOption.optional().describe('JSON. The session may do what both this and the role allow.'),
  policy_arns: z
    .array(
      textOption(
        /^arn:aws[a-z-]{0,8}:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]{1,512}$/,
        'the ARN of a managed policy, arn:aws:iam::aws:policy/NAME',
      ),
    )
    .max(10, somePolicies)
    .optional()
    .describe('Managed policies that narrow the session in the same way.'),
  duration: durationBetween(
    { least: 900_000, most: 43_200_000, step: 1000 },
    'a duration from 15m to 12h, in whole seconds',
  )
    .prefault('1h')
    .describe(
      'How long a session lasts. No longer than the role allows, and 1h where the backend itself has a session.',
    ),
  external_id: textOption(/^[\w+=,.@:/-]{2,1224}$/, '2 to 1224 letters, digits and _+=,.@:/-')
    .optional()
    .describe('What the role of another company asks for. No secret.'),
};

export type StsOptions = z.output<z.ZodObject<typeof options>>;

/** Temporary keys for a role: docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html. AWS cannot end one session by itself. */
export const stsSource = defineSourceOf<AwsBackend>()({
  kind: 'sts',
  summary:
    'Temporary keys for a role of AWS (AssumeRole), in `access_key_id`, `secret_access_key` and `session_token`. They end by their time alone.',
  options,
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html, "role chaining"
  fits: ({ duration }: StsOptions, { credentials }: Pick<AwsOptions, 'credentials'>) =>
    credentials.from === 'web_identity' && duration > anHour
      ? [
          {
            path: ['duration'],
            message:
              'found more than an hour, by the session that web_identity is; allowed is a duration from 15m to 1h',
          },
        ]
      : [],
  rules: [
    ruleOf<StsOptions>()(['session_name', 'source_identity', 'tags'], (chosen) =>
      templatesOf(chosen)
        .filter(({ template }) => template.includes('{subject}'))
        .map(({ path }) => ({ path, message: `found "{subject}", which ${needsSubjects}; allowed is "{client}"` })),
    ),
    ruleOf<StsOptions>()(['tags', 'transitive_tag_keys'], ({ tags = {}, transitive_tag_keys: keys = [] }) =>
      keys.flatMap((key, index) =>
        Object.hasOwn(tags, key)
          ? []
          : [
              {
                path: ['transitive_tag_keys', index],
                message: 'found a key that no tag has; allowed are those of tags',
              },
            ],
      ),
    ),
  ],
  make: (chosen, { name, backend }): Source => ({
    ...(namesCaller(chosen) && { keyFor: (caller) => JSON.stringify(requestOf(name, chosen, caller)) }),
    async fetch(context) {
      try {
        const answer = await backend.ask(backend.sts, assumeRole(requestOf(name, chosen, context.caller)), context);
        const { id, secret, token, expiresAt } = keysIn(name, answer, backend.sts.origin);
        const fields = { access_key_id: id, secret_access_key: secret, session_token: token };
        return { fields, version: valueVersion(reveal(id)), expiresAt };
      } catch (error) {
        throw asUnavailable(name, error);
      }
    },
  }),
});

/** Whether callers get sessions of their own: without, one serves all. */
function namesCaller(chosen: StsOptions): boolean {
  return templatesOf(chosen).some(({ template }) => /\{(?:client|subject)\}/.test(template));
}

interface Templated {
  readonly path: readonly string[];
  readonly template: string;
}

function templatesOf({
  session_name,
  source_identity,
  tags = {},
}: Pick<StsOptions, 'session_name' | 'source_identity' | 'tags'>): Templated[] {
  return [
    { path: ['session_name'], template: session_name },
    ...(source_identity === undefined ? [] : [{ path: ['source_identity'], template: source_identity }]),
    ...Object.entries(tags).map(([key, template]) => ({ path: ['tags', key], template })),
  ];
}

/** Throws `secret_unavailable` for a caller that the session cannot be named after. */
function requestOf(name: string, chosen: StsOptions, caller: Caller): Assumed {
  const fill = (template: string): string => {
    const text = filled(template, caller);
    if (text === undefined)
      throw unavailable(name, 'the session is named after a subject, and the caller has none', 'denied');
    return text;
  };
  const tags = Object.entries(chosen.tags ?? {}).map(([key, template]): [string, string] => {
    const value = fill(template);
    // It decides what is allowed: changed to what fits, it could be the value of another.
    if (!tagValue.test(value))
      throw unavailable(name, `the caller's name cannot be the value of the tag ${key}`, 'denied');
    return [key, value];
  });
  const { source_identity } = chosen;
  return {
    roleArn: chosen.role_arn,
    sessionName: sessionName(fill(chosen.session_name)),
    sourceIdentity: source_identity === undefined ? undefined : sessionName(fill(source_identity)),
    tags,
    transitiveTagKeys: chosen.transitive_tag_keys,
    sessionPolicy: chosen.session_policy,
    policyArns: chosen.policy_arns,
    duration: chosen.duration / 1000,
    externalId: chosen.external_id,
  };
}

/** Without the spaces that make it readable; undefined for what is no object in JSON. */
function compact(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? JSON.stringify(value) : undefined;
  } catch {
    // The parser repeats the text in its message, and what is allowed is said where this is asked.
    return undefined;
  }
}
