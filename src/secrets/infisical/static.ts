import { z } from 'zod';
import { allowed, textOption } from '../allowed.js';
import { defineSourceOf } from '../backend.js';
import { durationOption } from '../duration-option.js';
import type { Source } from '../index.js';
import { staleAfterRefresh } from '../option-rules.js';
import { seal } from '../seal.js';
import { unavailable } from '../unavailable.js';
import { valueVersion } from '../value-version.js';
import { named } from './failure.js';
import { placeOptions, projectOption } from './place-options.js';
import { queryOf, type Infisical } from './server.js';

const aVersion = allowed('the number of a version, from 1');

/** A secret of a project. https://infisical.com/docs/api-reference/endpoints/secrets/read (v4) */
export const staticSource = defineSourceOf<Infisical>()({
  kind: 'infisical',
  summary: 'A secret of a project in Infisical.',
  options: {
    project_id: projectOption.describe('The ID of the project.'),
    ...placeOptions,
    secret: textOption(
      /^(?!\.{1,2}$)[\x21-\x7e]{1,255}$/,
      'the name of a secret, visible ASCII without spaces',
    ).describe('The name of the secret (its key), as it is written there.'),
    version: z
      .int(aVersion)
      .min(1, aVersion)
      .optional()
      .describe('This version, and never another; without it the newest.'),
    expand_references: z
      .boolean()
      .default(true)
      .describe('References to other secrets in its value (`${…}`) are replaced by their values.'),
    include_imports: z
      .boolean()
      .default(false)
      .describe('Where the folder has no such secret, one that the folder imports will do.'),
    refresh: durationOption.prefault('5m').describe('How long a value is used before it is asked for again.'),
    max_stale: durationOption
      .prefault('1h')
      .describe('How long a value is used in all, where Infisical cannot be asked again; no shorter than `refresh`.'),
  },
  rules: [staleAfterRefresh],
  make(options, { name, clock, backend }): Source {
    const { project_id, environment, path, secret, version, refresh, max_stale } = options;
    const query = queryOf({
      projectId: project_id,
      environment,
      secretPath: path,
      type: 'shared',
      viewSecretValue: 'true',
      // Said outright: versions of the server differ in what they do without.
      expandSecretReferences: String(options.expand_references),
      include_imports: String(options.include_imports),
      version: version?.toString(),
    });
    const question = { method: 'GET', path: `/api/v4/secrets/${encodeURIComponent(secret)}?${query}` } as const;
    return {
      async fetch(context) {
        try {
          const answer = await backend.ask(question, context);
          const found = backend.objectOf(name, answer, 'secret');
          if (found?.['secretValueHidden'] === true) {
            const why = `${backend.origin} hides its value: the identity lacks the permission "readValue" there`;
            throw unavailable(name, why, 'denied');
          }
          const { secretKey, secretValue, version: number } = found ?? {};
          if (typeof secretValue !== 'string' || secretKey !== secret) {
            throw unavailable(name, `${backend.origin} answered with what is not this secret`);
          }
          const now = clock.now();
          return {
            fields: { value: seal(name, secretValue) },
            version: versionOf(number, secretValue),
            expiresAt: now + Math.max(refresh, max_stale),
            refreshAt: now + refresh,
          };
        } catch (error) {
          throw context.signal.aborted ? context.signal.reason : named(name, error);
        }
      },
    };
  },
});

/** A reference in it may change its value and not its number, and a secret that is made anew counts from 1 again. */
function versionOf(number: unknown, value: string): string {
  const digest = valueVersion(value);
  return Number.isSafeInteger(number) ? `${String(number)}-${digest}` : digest;
}
