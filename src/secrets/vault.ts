import { defineBackend } from './backend.js';
import { backendOptions, backendRules, openBackend } from './vault/backend.js';
import { policyFor } from './vault/grants.js';
import { vaultSource } from './vault/source.js';

/** HashiCorp Vault, or OpenBao, which speaks the same. */
export const vaultBackend = defineBackend({
  kind: 'vault',
  summary: 'A HashiCorp Vault or OpenBao server.',
  options: backendOptions,
  rules: backendRules,
  sends: ({ address }) => ['token', 'secret_id', 'jwt'].map((key) => ({ path: ['auth', key], to: address })),
  make: openBackend,
  sources: [vaultSource],
  grants: policyFor,
});
