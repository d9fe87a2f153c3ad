import { z } from 'zod';
import type { Rule } from '../../core/rule.js';
import { allowed, allowedUnseen, textOption } from '../allowed.js';
import { durationOption } from '../duration-option.js';
import { onlyWith, ruleOf, staleAfterRefresh } from '../option-rules.js';
import { pathOption } from './path.js';

const parameterValue = z.union(
  [z.string(), z.number(), z.boolean(), z.array(z.string())],
  allowedUnseen('a text, a number, true or false, or a list of texts'),
);
const aVersion = allowed('the number of a version, from 1');

export const sourceOptions = {
  path: pathOption.describe(
    'The path that is read, with its mount: `kv/data/jira` (or `kv/jira`), `database/creds/reader`, `aws/sts/deploy`.',
  ),
  kv_version: z
    .union([z.literal(1), z.literal(2)], allowed('1 or 2, without quotes'))
    .meta({ title: '1 or 2' })
    .optional()
    .describe(
      'The version of the KV engine there; left out, Vault is asked. With 2, a mount with `/` in it needs `data/` written out.',
    ),
  version: z.int(aVersion).min(1, aVersion).optional().describe('Of KV version 2: this version and no other.'),
  method: z
    .enum(['read', 'write'])
    .default('read')
    .describe('`write`: for engines that make credentials by a write, such as `pki/issue/ROLE`.'),
  parameters: z
    .record(
      textOption(/^\w{1,64}$/, 'the name of a parameter: letters, digits and "_"'),
      parameterValue.meta({ title: 'text, number, boolean or list of texts' }),
    )
    .default({})
    .describe(
      'What the engine is told, such as `ttl` or `role_session_name`. Nothing secret: the configuration holds no values.',
    ),
  refresh: durationOption.prefault('5m').describe('How often what has no lease is asked for again.'),
  max_stale: durationOption
    .prefault('1h')
    .describe('How long what has no lease is used while Vault cannot be asked; no shorter than `refresh`.'),
};

export type SourceOptions = z.output<z.ZodObject<typeof sourceOptions>>;

export const sourceRules: readonly Rule[] = [
  onlyWith('version', 'method', ['read']),
  onlyWith('kv_version', 'method', ['read']),
  staleAfterRefresh,
  ruleOf<SourceOptions>()(['kv_version', 'version'], ({ kv_version, version }) =>
    kv_version === 1 && version !== undefined
      ? [
          {
            path: ['version'],
            message: 'found "version" with kv_version: 1, which has no versions; allowed is one of both',
          },
        ]
      : [],
  ),
];
