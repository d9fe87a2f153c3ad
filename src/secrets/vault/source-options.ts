import { z } from 'zod';
import { durationOption } from '../duration-option.js';
import { pathOption } from './path.js';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

export const sourceOptions = {
  path: pathOption.describe(
    'The path that is read, with its mount: `kv/data/jira` (or `kv/jira`), `database/creds/reader`, `aws/sts/deploy`.',
  ),
  kv_version: z
    .union([z.literal(1), z.literal(2)])
    .meta({ title: '1 or 2' })
    .optional()
    .describe(
      'The version of the KV engine there; left out, Vault is asked. With 2, a mount with `/` in it needs `data/` written out.',
    ),
  version: z.int().min(1).optional().describe('Of KV version 2: this version and no other.'),
  method: z
    .enum(['read', 'write'])
    .default('read')
    .describe('`write`: for engines that make credentials by a write, such as `pki/issue/ROLE`.'),
  parameters: z
    .record(
      z.string().regex(/^\w{1,64}$/),
      z.union([scalar, z.array(z.string())]).meta({ title: 'text, number, boolean or list of texts' }),
    )
    .default({})
    .describe(
      'What the engine is told, such as `ttl` or `role_session_name`. Nothing secret: the configuration holds no values.',
    ),
  refresh: durationOption.prefault('5m').describe('How often what has no lease is asked for again.'),
  max_stale: durationOption.prefault('1h').describe('How long what has no lease is used while Vault cannot be asked.'),
};

export type SourceOptions = z.output<z.ZodObject<typeof sourceOptions>>;
