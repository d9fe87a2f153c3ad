import { compileNeedles, type Needles } from '../scrub/forms.js';
import { reveal } from '../secrets/seal.js';
import type { Credential } from '../secrets/index.js';

/** Compiled once for a credential version (the credential object is one) and what was rendered from it. */
const compiled = new WeakMap<Credential, Map<string, Needles>>();
const renderingsKept = 8;

/** What to look for in the answer to a request that carried these credentials in these renderings. */
export function needlesFor(credentials: readonly Credential[], rendered: readonly string[]): Needles {
  const [only] = credentials;
  if (only === undefined || credentials.length > 1) return compile(credentials, rendered);
  const known = compiled.get(only) ?? new Map<string, Needles>();
  compiled.set(only, known);
  const key = rendered.join('\n');
  const needles = known.get(key) ?? compile(credentials, rendered);
  if (known.size >= renderingsKept) known.clear();
  known.set(key, needles);
  return needles;
}

function compile(credentials: readonly Credential[], rendered: readonly string[]): Needles {
  return compileNeedles(
    credentials.flatMap((credential) => credential.sealed.map(reveal)),
    rendered,
  );
}
