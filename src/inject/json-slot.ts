import { afterSpace, afterValue, elementOf, membersOf } from './json-walk.js';

/** What is to be replaced in a JSON text, and what goes around the new value. */
export interface JsonSlot {
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

/**
 * Where a value at these tokens of a pointer goes in a text that is valid JSON, so that every reader finds it there, and no other:
 * in place of the value there, or as a new member of an object that is there. Undefined where there is no such object or element, or
 * where a name on the way stands twice, or in another spelling that some readers take for the same.
 */
export function slotAt(json: string, tokens: readonly string[]): JsonSlot | undefined {
  let at: number | undefined = afterSpace(json, 0);
  for (const [index, token] of tokens.entries()) {
    if (json[at] === '[') at = elementOf(json, at, token);
    else if (json[at] !== '{') return undefined;
    else {
      const alike = membersLike(json, at, token);
      if (alike.length === 0 && index === tokens.length - 1) return newMember(json, at, token);
      at = alike.length === 1 && alike[0]?.[0] === token ? alike[0][1] : undefined;
    }
    if (at === undefined) return undefined;
  }
  return { start: at, end: afterValue(json, at), before: '', after: '' };
}

/** Two of them are as good as all. */
function membersLike(json: string, object: number, token: string): readonly (readonly [string, number])[] {
  const alike: (readonly [string, number])[] = [];
  const wanted = folded(token);
  for (const member of membersOf(json, object)) {
    const [name] = member;
    // Most names are words, and there may be a million of them.
    if ((/^\w*$/.test(name) ? name.toLowerCase() : folded(name)) === wanted) alike.push(member);
    if (alike.length === 2) break;
  }
  return alike;
}

function newMember(json: string, object: number, name: string): JsonSlot {
  const at = object + 1;
  const after = json[afterSpace(json, at)] === '}' ? '' : ',';
  return { start: at, end: at, before: `${JSON.stringify(name)}:`, after };
}

/**
 * Readers in Go and .NET take names in any case, with the letters that are K and S only when they are folded; others drop control
 * characters, halves of surrogates, quotes and backslashes, or all that comes after a NUL
 * (https://bishopfox.com/blog/json-interoperability-vulnerabilities).
 */
export function folded(name: string): string {
  const [read = ''] = name.split('\0', 1);
  return read
    .replace(/[\x01-\x20"\\\x7f\p{Surrogate}]/gu, '')
    .toUpperCase()
    .toLowerCase();
}
