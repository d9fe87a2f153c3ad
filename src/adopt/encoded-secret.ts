/** Shorter values occur by chance in other text. */
const shortest = 16;

/** Whether a text holds a value in base64 (at any alignment), in hexadecimal or percent-encoded: a copy that a plain search misses. */
export function holdsEncoded(text: string, value: string): boolean {
  if (value.length < shortest || text.length < value.length) return false;
  const plain = text.replaceAll('-', '+').replaceAll('_', '/');
  return (
    base64Middles(value).some((middle) => plain.includes(middle)) ||
    text.toLowerCase().includes(Buffer.from(value).toString('hex')) ||
    (text.includes('%') && percentDecoded(text).includes(value))
  );
}

/** The characters of base64 that depend on the value alone, for each place in a quantum where it can begin. */
function base64Middles(value: string): readonly string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((bytes.length * 8) / 6);
    return bytes.toString('base64').slice(first, last);
  });
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
