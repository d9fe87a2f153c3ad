import { compileNeedles, joinNeedles, type Needles } from '../scrub/forms.js';
import { reveal } from '../secrets/seal.js';
import type { Credential } from '../secrets/index.js';

/**
 * Compiled once for versions of credentials (a credential object is one) and what was rendered from them; kept by the first of them, with
 * the numbers of all.
 */
const compiled = new WeakMap<Credential, Map<string, Needles>>();
const renderingsKept = 8;

/** Numbers of credentials, so that a key can name them: objects that are gone are not mistaken for others. */
const numbers = new WeakMap<Credential, number>();
let numbered = 0;

/**
 * What to look for in the answer to a request that carried these credentials in these renderings. Of `signatures`, which are another in each
 * request, the same is looked for: whoever has one can send what it is for once more, for as long as its destination takes it.
 */
export function needlesFor(
  credentials: readonly Credential[],
  rendered: readonly string[],
  signatures: readonly string[] = [],
): Needles {
  const known = knownFor(credentials, rendered);
  return signatures.length === 0 ? known : joinNeedles(known, compileNeedles(signatures, []));
}

function knownFor(credentials: readonly Credential[], rendered: readonly string[]): Needles {
  const [first] = credentials;
  if (first === undefined) return compile(credentials, rendered);
  const known = compiled.get(first) ?? new Map<string, Needles>();
  compiled.set(first, known);
  const key = JSON.stringify([credentials.map(numberOf), rendered]);
  const needles = known.get(key) ?? compile(credentials, rendered);
  if (known.size >= renderingsKept) known.clear();
  known.set(key, needles);
  return needles;
}

function numberOf(credential: Credential): number {
  const number = numbers.get(credential) ?? (numbered += 1);
  numbers.set(credential, number);
  return number;
}

function compile(credentials: readonly Credential[], rendered: readonly string[]): Needles {
  return compileNeedles(
    credentials.flatMap((credential) => credential.sealed.map(reveal)),
    rendered,
  );
}
