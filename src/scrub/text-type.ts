import { remembered } from '../core/remembered.js';

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
  return contentType === undefined || isText(contentType);
}

const isText = remembered((contentType) => {
  const essence = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const [type, subtype] = essence.split('/', 2);
  if (type === undefined || subtype === undefined) return true;
  return type === 'text' || type === 'multipart' || textSubtypes.has(subtype) || textSuffix.test(subtype);
});
