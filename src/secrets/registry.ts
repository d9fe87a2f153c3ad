import type { AnyKind } from '../core/kind.js';
import { envSource } from './env.js';
import { fileSource } from './file.js';
import type { Source } from './index.js';
import type { SourceContext } from './source-context.js';

/** Every place a secret can come from. */
export const sourceKinds: readonly AnyKind<SourceContext, Source>[] = [envSource, fileSource];

/** Refused by name until they are here. */
export const laterSources: readonly string[] = [
  'store',
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
];
