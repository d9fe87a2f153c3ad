/** Media types that hold text though their name does not begin with `text/`. */
const textSubtypes = new Set(
  (
    'json xml javascript ecmascript yaml x-yaml toml graphql ndjson x-ndjson jsonl jsonlines ' +
    'x-www-form-urlencoded sql x-sh http'
  ).split(' '),
);
const textSuffix = /\+(?:json|json-seq|xml|yaml)$/;

/**
 * Whether a body of this `Content-Type` is text, in which short secrets are looked for. One that is not named, or
 * cannot be read, counts as text.
 */
export function isTextType(contentType: string | undefined): boolean {
  if (contentType === undefined) return true;
  const before = known.get(contentType);
  if (before !== undefined) return before;
  const text = isText(contentType);
  if (known.size >= typesKept) known.clear();
  known.set(contentType, text);
  return text;
}

/** Destinations say the same few types all the time. */
const known = new Map<string, boolean>();
const typesKept = 64;

function isText(contentType: string): boolean {
  const essence = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const [type, subtype] = essence.split('/', 2);
  if (type === undefined || subtype === undefined) return true;
  return type === 'text' || type === 'multipart' || textSubtypes.has(subtype) || textSuffix.test(subtype);
}
