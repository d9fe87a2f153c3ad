import { compileNeedles, joinNeedles, type Needles } from '../scrub/forms.js';
import { reveal } from '../secrets/seal.js';
import type { Credential } from '../secrets/index.js';

/** What was compiled for versions of credentials (a credential object is one) and what was rendered from them. */
interface Compiled {
  readonly credentials: readonly Credential[];
  readonly rendered: readonly string[];
  readonly needles: Needles;
}

/** Kept by the first of the credentials: there is one entry, mostly. */
const compiled = new WeakMap<Credential, Compiled[]>();
const renderingsKept = 8;

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
  const known = compiled.get(first) ?? [];
  const found = known.find((one) => isSame(one.credentials, credentials) && isSame(one.rendered, rendered));
  if (found !== undefined) return found.needles;
  const needles = compile(credentials, rendered);
  compiled.set(first, [{ credentials, rendered, needles }, ...known.slice(0, renderingsKept - 1)]);
  return needles;
}

function isSame<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((item, position) => item === other[position]);
}

function compile(credentials: readonly Credential[], rendered: readonly string[]): Needles {
  return compileNeedles(
    credentials.flatMap((credential) => credential.sealed.map(reveal)),
    rendered,
  );
}
