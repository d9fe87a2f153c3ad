/**
 * The text of the one element of this name: enough for answers of the Query protocol, whose leaves hold text alone and have no attributes.
 * Undefined where there is none, or several, or anything else inside.
 */
export function onlyElement(xml: string, name: string): string | undefined {
  const [, after, ...more] = xml.split(`<${name}>`);
  if (after === undefined || more.length > 0) return undefined;
  const end = after.indexOf('<');
  return end >= 0 && after.startsWith(`</${name}>`, end) ? unescaped(after.slice(0, end)) : undefined;
}

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** The five entities of XML 1.0 (section 4.6) and references to printable ASCII; undefined where there is anything else. */
function unescaped(text: string): string | undefined {
  const parts = text
    .split(/(&[^&;]{0,8};)/)
    .map((part, index) => (index % 2 === 0 ? plain(part) : referred(part.slice(1, -1))));
  return parts.includes(undefined) ? undefined : parts.join('').trim();
}

function plain(text: string): string | undefined {
  return text.includes('&') ? undefined : text;
}

function referred(name: string): string | undefined {
  const [, hex, decimal] = /^#(?:x([0-9a-f]{1,2})|(\d{1,3}))$/i.exec(name) ?? [];
  if (hex === undefined && decimal === undefined) return entities.get(name);
  const code = Number(hex === undefined ? decimal : `0x${hex}`);
  return code >= 32 && code < 127 ? String.fromCharCode(code) : undefined;
}
