import { afterSpace, afterValue, elementOf, membersOf } from './json-walk.js';

/** Where a string of a JSON text stands, between its quotes. */
export interface StringPlace {
  readonly start: number;
  readonly end: number;
}

/** The tokens of a JSON Pointer (RFC 6901) that leads into a document; undefined where it is none. */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (!/^(?:\/(?:[^/~]|~[01])*)+$/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * The string to which these tokens lead in a text that is valid JSON (RFC 8259). Undefined where there is none, or where a name
 * on the way stands twice: of two such members one reader takes the first, another the last.
 */
export function stringAt(json: string, tokens: readonly string[]): StringPlace | undefined {
  let at: number | undefined = afterSpace(json, 0);
  for (const token of tokens) {
    if (json[at] === '{') at = memberOf(json, at, token);
    else if (json[at] === '[') at = elementOf(json, at, token);
    else return undefined;
    if (at === undefined) return undefined;
  }
  return json[at] === '"' ? { start: at + 1, end: afterValue(json, at) - 1 } : undefined;
}

/** Where the value of the one member of this name begins. */
function memberOf(json: string, object: number, name: string): number | undefined {
  let found: number | undefined;
  for (const [candidate, value] of membersOf(json, object)) {
    if (candidate !== name) continue;
    if (found !== undefined) return undefined;
    found = value;
  }
  return found;
}
