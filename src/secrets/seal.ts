import { Sealed } from '../core/sealed.js';

/** The one door to plaintext. Every call of `reveal` is a place to review: `grep -rn 'reveal(' src`. */
const values = new WeakMap<Sealed, string>();

export function seal(name: string, value: string): Sealed {
  const sealed = new Sealed(name);
  values.set(sealed, value);
  return sealed;
}

export function reveal(sealed: Sealed): string {
  const value = values.get(sealed);
  if (value === undefined) throw new TypeError(`${sealed.toString()} was not sealed here`);
  return value;
}
