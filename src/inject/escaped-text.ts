/** A visible ASCII character as JSON (RFC 8259 section 7) or XML (section 4.1, references to characters) may spell it. */
const spelled = /\\u00([2-7][\da-f])|&#x0{0,8}([2-7][\da-f]);|&#0{0,8}(\d{2,3});/gi;

/** These bytes with such characters as themselves; undefined where there is none. */
export function escapesRead(bytes: Buffer): Buffer | undefined {
  if (!bytes.includes('\\u00') && !bytes.includes('&#')) return undefined;
  const text = bytes
    .toString('latin1')
    .replace(spelled, (whole: string, json?: string, hex?: string, decimal?: string) => {
      const code = decimal === undefined ? parseInt(json ?? hex ?? '', 16) : Number(decimal);
      return code < 0x80 ? String.fromCharCode(code) : whole;
    });
  return Buffer.from(text, 'latin1');
}
