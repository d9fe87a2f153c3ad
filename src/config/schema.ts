import { z } from 'zod';
import { laterSinks, sinkKinds } from '../audit/registry.js';
import { backendsSection } from './schema-backends.js';
import { clientsSection } from './schema-clients.js';
import { caSection } from './schema-ca.js';
import { destinationsSection } from './schema-hosts.js';
import { limitsSection } from './schema-limits.js';
import { mintingKey } from './schema-access.js';
import { listenSection } from './schema-listen.js';
import { defaultKey, denySection, policiesSection } from './schema-policies.js';
import { runSection } from './schema-run.js';
import { secretsSection } from './schema-secrets.js';
import { storeSection } from './schema-store.js';
import { upstreamSection } from './schema-upstream.js';
import { oneOf, section } from './section.js';
import { filePath } from './text.js';

/**
 * The grammar of the configuration: the one source of its types, its messages, `config/schema.json` and `docs/configuration.md`.
 * `folder` is the folder of the configuration file, absolute: what relative paths start from.
 */
export function configSchema(folder: string) {
  return section(
    {
      version: z.literal(1).describe('The version of this grammar. Within version 1 an old file keeps its meaning.'),
      listen: listenSection(folder),
      ca: caSection(folder),
      store: storeSection(folder),
      backends: backendsSection(folder),
      secrets: secretsSection(folder),
      clients: clientsSection(),
      unsafe_anonymous: z
        .boolean()
        .prefault(false)
        .describe('Whoever reaches a listener of `serve` may ask, without a name.'),
      destinations: destinationsSection(folder),
      deny: denySection(),
      policies: policiesSection(folder),
      unsafe_minting: mintingKey(),
      default: defaultKey,
      audit: auditSection(folder),
      upstream: upstreamSection(folder),
      limits: limitsSection(),
      run: runSection(),
      placeholder_key_file: filePath(folder)
        .optional()
        .describe(
          'A file with the key that placeholders are derived from, so that they stay the same after a restart.',
        ),
    },
    laterSections,
  ).transform(({ unsafe_anonymous, unsafe_minting, placeholder_key_file, ...rest }) => ({
    ...rest,
    unsafeAnonymous: unsafe_anonymous,
    unsafeMinting: unsafe_minting,
    placeholderKeyFile: placeholder_key_file,
  }));
}

function auditSection(folder: string) {
  return z
    .array(oneOf({ by: 'type', kinds: sinkKinds, common: {}, later: laterSinks, folder }))
    .min(1)
    .prefault([{ type: 'file', dir: './audit' }])
    .describe('Where the audit log goes. Each sink gets every record; where one fails, requests are refused.');
}

const laterSections = ['observe_until', 'approvals', 'rates', 'mcp', 'state', 'admin_token_file', 'metrics', 'include'];
