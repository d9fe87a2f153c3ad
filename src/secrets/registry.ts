import { awsBackend } from './aws.js';
import type { AnyBackendKind, AnySourceKind } from './backend.js';
import { envSource } from './env.js';
import { fileSource } from './file.js';

/** Every kind of server that secrets are read from. */
export const backendKinds: readonly AnyBackendKind[] = [awsBackend];

/** Every place a secret can come from. */
export const sourceKinds: readonly AnySourceKind[] = [
  envSource,
  fileSource,
  ...backendKinds.flatMap(({ sources }) => sources),
];

/** Refused by name until they are here. */
export const laterSources: readonly string[] = [
  'store',
  'vault',
  'infisical',
  'workos',
  'exec',
  'kubernetes',
  'oauth',
  'github-app',
  'google',
  'azure',
  'gcp',
];

export const laterBackends: readonly string[] = ['vault', 'infisical', 'workos', 'azure'];
