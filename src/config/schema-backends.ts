import { z } from 'zod';
import { backendKinds, laterBackends } from '../secrets/registry.js';
import { oneOf } from './section.js';
import { nameText } from './text.js';

/** The `backends` section: servers that secrets are read from, each described once for as many secrets as there are. */
export function backendsSection(folder: string) {
  return z
    .record(nameText, oneOf({ by: 'type', kinds: backendKinds, common: {}, later: laterBackends, folder }))
    .prefault({})
    .transform((backends) => new Map(Object.entries(backends)))
    .describe('Servers that secrets are read from. What needs none of its own (`env`, `file`, `exec` …) is not here.');
}
