import fc from 'fast-check';

/** Shapes of the kind that services have. */
export const shapes = [
  'ghp_<36 alnum>',
  'sk_test_<24+ alnum>',
  'AC<32 hex>',
  'AIza<35 alnum>',
  'pk.<60 base64url>.<22 base64url>',
  'SG.<22 base64url>.<43 base64url>',
  '<10 digits>:<35 alnum>',
  '<40 hex>',
  '<64 lower>',
  '<uuid>',
] as const;

/** A text as it may stand in a URL: any of its bytes percent-encoded, in either case of digits. */
export function percentEncoded(text: string, choices: readonly number[]): string {
  return Array.from(Buffer.from(text, 'latin1'), (byte, at) => {
    const choice = choices[at % choices.length];
    if (choice === undefined || choice === 0) return String.fromCharCode(byte);
    const digits = byte.toString(16).padStart(2, '0');
    return `%${choice === 1 ? digits : digits.toUpperCase()}`;
  }).join('');
}

/** Ways to write a text: as it is, in base64 at each alignment, and either of them percent-encoded in any part. */
export const spelling: fc.Arbitrary<(text: string) => string> = fc
  .record({
    before: fc.string({ unit: 'binary-ascii', maxLength: 5 }),
    after: fc.string({ unit: 'binary-ascii', maxLength: 5 }),
    coding: fc.constantFrom('none', 'base64', 'base64url'),
    choices: fc.oneof(fc.constant([0]), fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 300 })),
  })
  .map(({ before, after, coding, choices }) => (text: string) => {
    if (coding === 'none') return percentEncoded(text, choices);
    const encoded = Buffer.from(before + text + after, 'latin1').toString(coding);
    return percentEncoded(encoded, choices);
  });
