import fc from 'fast-check';

/** Ways to write one ASCII character. */
const ways: readonly ((character: string) => string)[] = [
  (character) => character,
  (character) => `%${hex(character, 2)}`,
  (character) => `%${hex(character, 2).toUpperCase()}`,
  (character) => `\\u${hex(character, 4)}`,
  (character) => JSON.stringify(character).slice(1, -1),
  (character) => (character === '/' ? '\\/' : character),
  (character) => `&#${character.charCodeAt(0)};`,
  (character) => `&#x${hex(character, 2)};`,
  (character) => ({ '&': '&amp;', '<': '&lt;', '"': '&quot;', '/': '&sol;' })[character] ?? character,
];

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}

/** Characters that are hard: they begin, continue or end an escape, or occur in base64 and hex. */
const hard = Array.from('%\\&#;xun/"+-_ =0123456789abcdefABCDEFghp.');

export const secretText = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...hard), minLength, maxLength });

/** A secret in which hardly anything repeats: what a real one looks like. */
export const token = fc
  .uint8Array({ minLength: 15, maxLength: 30 })
  .map((bytes) => `tok_${Buffer.from(bytes).toString('base64')}`);

/** Text of the same hard characters, as surroundings. */
export const surroundings = fc.oneof(
  fc.string({ unit: fc.constantFrom(...hard), maxLength: 12 }),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);

/** The secret with each character written in any way, one way a family or all mixed. */
export function spelledAnyhow(secret: string): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...ways), { minLength: secret.length, maxLength: secret.length }).map((chosen) =>
    Array.from(secret)
      .map((character, i) => (chosen[i] as (c: string) => string)(character))
      .join(''),
  );
}

/** The secret encoded as a whole, with other text around it. */
export function encodedAsAWhole(secret: string): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.uint8Array({ maxLength: 4 }),
      fc.uint8Array({ maxLength: 4 }),
      fc.constantFrom('base64', 'base64url', 'hex', 'HEX'),
    )
    .map(([before, after, coding]) => {
      const bytes = Buffer.concat([before, Buffer.from(secret), after]);
      return coding === 'HEX' ? bytes.toString('hex').toUpperCase() : bytes.toString(coding);
    });
}

/** Cuts bytes at any positions. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...cuts, bytes.length].map((cut, i) => bytes.subarray(i === 0 ? 0 : cuts[i - 1], cut));
}
