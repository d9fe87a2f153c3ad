import { awsBackend } from './aws.js';
import type { AnyBackendKind, AnySourceKind } from './backend.js';
import { envSource } from './env.js';
import { execSource } from './exec.js';
import { fileSource } from './file.js';
import { githubAppSource } from './github-app.js';
import { googleSource } from './google.js';
import { infisicalBackend } from './infisical.js';
import { kubernetesSource } from './kubernetes.js';
import { oauthSource } from './oauth.js';
import { storeSource } from './store.js';
import { systemdSource } from './systemd.js';
import { vaultBackend } from './vault.js';
import { workosBackend } from './workos.js';

/** Every kind of server that secrets are read from. */
export const backendKinds: readonly AnyBackendKind[] = [vaultBackend, awsBackend, infisicalBackend, workosBackend];

/** Every place a secret can come from: on this machine, made from other secrets, read from a backend. */
export const sourceKinds: readonly AnySourceKind[] = [
  envSource,
  fileSource,
  storeSource,
  kubernetesSource,
  systemdSource,
  execSource,
  oauthSource,
  githubAppSource,
  googleSource,
  ...backendKinds.flatMap(({ sources }) => sources),
];

/** Refused by name until they are here. */
export const laterSources: readonly string[] = ['azure', 'gcp'];

export const laterBackends: readonly string[] = ['azure'];
