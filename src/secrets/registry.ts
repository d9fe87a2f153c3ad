import type { AnyBackendKind, AnySourceKind } from './backend.js';
import { envSource } from './env.js';
import { fileSource } from './file.js';
import { vaultBackend } from './vault.js';

/** Every kind of server that secrets are read from. */
export const backendKinds: readonly AnyBackendKind[] = [vaultBackend];

/** Every place a secret can come from. */
export const sourceKinds: readonly AnySourceKind[] = [
  envSource,
  fileSource,
  ...backendKinds.flatMap(({ sources }) => sources),
];

/** Refused by name until they are here. */
export const laterSources: readonly string[] = [
  'store',
  'aws',
  'infisical',
  'workos',
  'exec',
  'kubernetes',
  'oauth',
  'github-app',
  'google',
  'sts',
  'azure',
  'gcp',
];

export const laterBackends: readonly string[] = ['aws', 'infisical', 'workos', 'azure'];
