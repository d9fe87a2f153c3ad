/**
 * The forms of a value that have one spelling each and are searched for as they stand: raw, hex, and base64 in three alignments.
 * Percent, JSON and HTML escapes have many spellings of one value: those are read back while searching (escapes.ts).
 */
export function literalSpellings(value: Buffer): Buffer[] {
  const hex = value.toString('hex');
  return [value, ...base64Spellings(value), Buffer.from(hex), Buffer.from(hex.toUpperCase())];
}

/**
 * What of the base64 of any text around the value depends on the value alone, for each place the value may have in a
 * three-byte quantum (RFC 4648 sections 4 and 5). The characters at either edge that also hold bits of a neighbour are not
 * part of it: they show at most four bits of the value's first and last byte, and stay as they are.
 */
function base64Spellings(value: Buffer): Buffer[] {
  return [0, 1, 2].flatMap((before) => {
    const placed = Buffer.concat([Buffer.alloc(before), value]);
    const start = Math.ceil((before * 8) / 6);
    const end = Math.floor((placed.length * 8) / 6);
    const standard = placed.toString('base64').slice(start, end);
    const urlSafe = placed.toString('base64url').slice(start, end);
    return (standard === urlSafe ? [standard] : [standard, urlSafe]).map((text) => Buffer.from(text));
  });
}
