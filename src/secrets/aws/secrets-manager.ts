import { z } from 'zod';
import type { Sealed } from '../../core/sealed.js';
import { asUnavailable, jsonOf, membersOf, objectIn, sealMembers } from '../answer.js';
import { textOption } from '../allowed.js';
import { defineSourceOf } from '../backend.js';
import { durationOption } from '../duration-option.js';
import type { Source } from '../index.js';
import { staleAfterRefresh } from '../option-rules.js';
import { seal } from '../seal.js';
import { unavailable } from '../unavailable.js';
import type { AwsBackend, AwsOptions } from './connection.js';
import { misplaced, secretIdOption } from './secret-id.js';
import type { AwsRequest } from './service.js';

const stageOption = textOption(
  /^(?!AWSPENDING$)[\x21-\x7e]{1,256}$/,
  'a staging label other than AWSPENDING',
).optional();

const options = {
  secret_id: secretIdOption.describe('Its name, or its ARN, which a secret of another account needs.'),
  format: z
    .enum(['text', 'json', 'binary'])
    .default('text')
    .describe(
      '`text`: the whole text in `value`. `json`: the members of an object are the fields. `binary`: the bytes in base64, in `value`.',
    ),
  version_stage: stageOption.describe(
    'Left out: AWSCURRENT, unless there is a `version_id`. AWSPENDING is none: what it has may be in force nowhere.',
  ),
  version_id: textOption(/^[\w-]{32,64}$/, 'the id of a version, 32 to 64 letters, digits and "-"')
    .optional()
    .describe('One version for ever, whatever is rotated.'),
  refresh: durationOption.prefault('5m').describe('Asked for again when this old. A rotation is seen by then.'),
  max_stale: durationOption
    .prefault('1h')
    .describe('Used for no longer than this where AWS cannot be reached; no shorter than `refresh`.'),
  kms_key_arn: textOption(
    /^arn:aws[a-z-]{0,8}:kms:[a-z0-9-]{3,32}:\d{12}:key\/[\w-]{1,128}$/,
    'the ARN of a key, arn:aws:kms:REGION:123456789012:key/ID: no alias',
  )
    .optional()
    .describe("The key of yours that it is encrypted with, for `keywright grants`. Needless with AWS's own key."),
};

export type SecretsManagerOptions = z.output<z.ZodObject<typeof options>>;

/** A secret of AWS Secrets Manager: docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html. */
export const secretsManagerSource = defineSourceOf<AwsBackend>()({
  kind: 'aws',
  summary: 'A secret of AWS Secrets Manager.',
  options,
  rules: [staleAfterRefresh],
  fits: ({ secret_id }: SecretsManagerOptions, { region }: Pick<AwsOptions, 'region'>) => {
    const why = misplaced(secret_id, region);
    return why === undefined
      ? []
      : [{ path: ['secret_id'], message: `found a secret of elsewhere: ${why}; allowed is a backend of its region` }];
  },
  make: (chosen, { name, clock, backend }): Source => ({
    async fetch(context) {
      const { secretsManager, region } = backend;
      const { refresh, max_stale, secret_id } = chosen;
      const why = misplaced(secret_id, region);
      if (why !== undefined) throw unavailable(name, why, 'missing');
      try {
        const asked = clock.now();
        const answer = await backend.ask(secretsManager, requestFor(chosen), context);
        const { fields, version } = read(name, objectIn(name, answer, secretsManager.origin), chosen);
        return { fields, version, refreshAt: asked + refresh, expiresAt: asked + Math.max(max_stale, refresh) };
      } catch (error) {
        throw asUnavailable(name, error);
      }
    },
  }),
});

/** The label that is asked for. */
export function stageOf({ version_stage, version_id }: SecretsManagerOptions): string | undefined {
  return version_stage ?? (version_id === undefined ? 'AWSCURRENT' : undefined);
}

function requestFor(chosen: SecretsManagerOptions): AwsRequest {
  const { secret_id: SecretId, version_id: VersionId } = chosen;
  return {
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId, VersionId, VersionStage: stageOf(chosen) }),
  };
}

type Answer = Readonly<Record<string, unknown>>;

function read(
  name: string,
  answer: Answer,
  chosen: SecretsManagerOptions,
): { fields: Readonly<Record<string, Sealed>>; version: string } {
  const version = answer['VersionId'];
  if (typeof version !== 'string' || !/^[\w-]{1,64}$/.test(version)) {
    throw unavailable(name, 'AWS answered without a version');
  }
  if (chosen.version_id !== undefined && chosen.version_id !== version) {
    throw unavailable(name, 'AWS answered with another version');
  }
  refuseOtherStages(name, answer, chosen);
  return { fields: fieldsOf(name, answer, chosen.format), version };
}

/** A version that is still being rotated in may be in force nowhere, or never be. */
function refuseOtherStages(name: string, answer: Answer, chosen: SecretsManagerOptions): void {
  const stated = answer['VersionStages'];
  const stages: readonly unknown[] = Array.isArray(stated) ? stated : [];
  const stage = stageOf(chosen);
  if (stage !== undefined && !stages.includes(stage)) {
    throw unavailable(name, `AWS answered with a version that is not labelled ${stage}`);
  }
  if (stages.includes('AWSPENDING') && !stages.includes('AWSCURRENT')) {
    throw unavailable(name, 'the version is still being rotated in (AWSPENDING)', 'missing');
  }
}

function fieldsOf(
  name: string,
  { SecretString: text, SecretBinary: binary }: Answer,
  format: SecretsManagerOptions['format'],
): Readonly<Record<string, Sealed>> {
  if (format === 'binary') {
    if (typeof binary !== 'string' || binary === '') {
      throw unavailable(name, 'it is not binary: leave format: binary out', 'missing');
    }
    return { value: seal(name, binary) };
  }
  if (typeof text !== 'string') throw unavailable(name, 'it is no text: format: binary is for bytes', 'missing');
  if (text === '') throw unavailable(name, 'it is empty', 'missing');
  if (format === 'text') return { value: seal(name, text) };
  const members = membersOf(jsonOf(text));
  if (members === undefined)
    throw unavailable(name, 'its text is not a JSON object: leave format: json out', 'missing');
  const fields = sealMembers(name, members);
  if (Object.keys(fields).length > 0) return fields;
  throw unavailable(name, 'its JSON object has no members that are texts, numbers or booleans', 'missing');
}
