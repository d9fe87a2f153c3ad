import type { AnyBackendKind, AnySourceKind } from './backend.js';
import { envSource } from './env.js';
import { fileSource } from './file.js';
import { storeSource } from './store.js';

/** Every kind of server that secrets are read from. */
export const backendKinds: readonly AnyBackendKind[] = [];

/** Every place a secret can come from. */
export const sourceKinds: readonly AnySourceKind[] = [
  envSource,
  fileSource,
  storeSource,
  ...backendKinds.flatMap(({ sources }) => sources),
];

/** Refused by name until they are here. */
export const laterSources: readonly string[] = [
  'vault',
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

export const laterBackends: readonly string[] = ['vault', 'aws', 'infisical', 'workos', 'azure'];
