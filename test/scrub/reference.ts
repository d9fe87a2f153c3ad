/** A slow reader written from the definitions alone: every position, every form, every reading. What the scrubber is compared with. */

const names: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  sol: '/',
  num: '#',
};

/** What the escape at the beginning of a Latin-1 text stands for, as Latin-1 characters of UTF-8 bytes. */
function decodeEscape(text: string): { length: number; bytes: string } | undefined {
  const percent = /^%[0-9a-f]{2}/i.exec(text)?.[0];
  if (percent !== undefined) return { length: 3, bytes: String.fromCharCode(parseInt(percent.slice(1), 16)) };
  const pair = /^\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}/i.exec(text)?.[0];
  const json = pair ?? /^\\(?:["\\/bfnrt]|u(?!d[89a-f])[0-9a-f]{4})/i.exec(text.replace(/^\\[BFNRTU]/, ' '))?.[0];
  if (json !== undefined) return { length: json.length, bytes: utf8(JSON.parse(`"${json}"`) as string) };
  const [html, decimal, hex, name] = /^&(?:#([0-9]+)|#x([0-9a-f]+)|([a-z]+));/i.exec(text) ?? [];
  if (html === undefined || html.length > 12) return undefined;
  const character = name === undefined ? character16(decimal, hex) : names[name];
  return character === undefined ? undefined : { length: html.length, bytes: utf8(character) };
}

function character16(decimal: string | undefined, hex: string | undefined): string | undefined {
  const code = decimal === undefined ? parseInt(hex ?? '', 16) : parseInt(decimal, 10);
  return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? undefined : String.fromCodePoint(code);
}

export function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Every position at which a form can end that begins at `at`. */
function endsOf(form: string, text: string, at: number): Set<number> {
  let here = new Map<number, Set<number>>([[0, new Set([at])]]);
  const ends = new Set<number>();
  for (let matched = 0; matched < form.length; matched += 1) {
    const next = new Map(here);
    for (const position of here.get(matched) ?? []) {
      const put = (count: number, end: number) => next.set(count, new Set([...(next.get(count) ?? []), end]));
      if (text[position] === form[matched]) put(matched + 1, position + 1);
      const escape = decodeEscape(text.slice(position, position + 12));
      if (escape !== undefined && form.startsWith(escape.bytes, matched)) {
        put(matched + escape.bytes.length, position + escape.length);
      }
    }
    here = next;
  }
  for (const end of here.get(form.length) ?? []) ends.add(end);
  return ends;
}

/** The characters of the base64 around the value that are the same whatever stands around it. */
function base64Forms(value: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const after = (3 - ((before + value.length) % 3)) % 3;
    const [low, high] = [0, 255].map((fill) => {
      return Buffer.concat([
        Buffer.alloc(before, fill),
        Buffer.from(value, 'latin1'),
        Buffer.alloc(after, fill),
      ]).toString('base64');
    }) as [string, string];
    const own = Array.from(low)
      .filter((character, i) => character === high[i])
      .join('');
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** Forms of a secret, as Latin-1 characters. */
export function formsOf(secret: string): string[] {
  const values = [utf8(secret), utf8(secret).replaceAll(' ', '+')];
  return values.flatMap((value) => (value.length < 16 ? [value] : [value, ...base64Forms(value), ...hexForms(value)]));
}

function hexForms(value: string): string[] {
  const hex = Array.from(value, (character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return [hex, hex.toUpperCase()];
}

/** The text with every occurrence of every form masked. */
export function maskSlowly(text: string, secrets: readonly string[]): string {
  const masked = Array.from(text);
  for (const form of new Set(secrets.flatMap(formsOf))) {
    for (let at = 0; at < text.length; at += 1) {
      if (text[at] !== form[0] && !'%&\\'.includes(text[at] as string)) continue;
      for (const end of endsOf(form, text, at)) masked.fill('*', at, end);
    }
  }
  return masked.join('');
}
