import type { AnyBackendKind, AnySourceKind } from './backend.js';
import { envSource } from './env.js';
import { fileSource } from './file.js';
import { googleSource } from './google.js';
import { workosBackend } from './workos.js';

/** Every kind of server that secrets are read from. */
export const backendKinds: readonly AnyBackendKind[] = [workosBackend];

/** Every place a secret can come from. */
export const sourceKinds: readonly AnySourceKind[] = [
  envSource,
  fileSource,
  googleSource,
  ...backendKinds.flatMap(({ sources }) => sources),
];

/** Refused by name until they are here. */
export const laterSources: readonly string[] = [
  'store',
  'vault',
  'aws',
  'infisical',
  'exec',
  'kubernetes',
  'oauth',
  'github-app',
  'sts',
  'azure',
  'gcp',
];

export const laterBackends: readonly string[] = ['vault', 'aws', 'infisical', 'azure'];
