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
  for (let at = afterSpace(json, object + 1); json[at] === '"';) {
    const end = afterValue(json, at);
    const value = afterSpace(json, afterSpace(json, end) + 1);
    if (JSON.parse(json.slice(at, end)) === name) {
      if (found !== undefined) return undefined;
      found = value;
    }
    at = nextItem(json, value);
  }
  return found;
}

function elementOf(json: string, array: number, token: string): number | undefined {
  if (!/^(?:0|[1-9]\d{0,8})$/.test(token)) return undefined;
  let at = afterSpace(json, array + 1);
  for (let left = Number(token); left > 0 && json[at] !== ']'; left -= 1) at = nextItem(json, at);
  return json[at] === ']' ? undefined : at;
}

/** Where the next member or element begins, or the bracket that ends them. */
function nextItem(json: string, value: number): number {
  const at = afterSpace(json, afterValue(json, value));
  return json[at] === ',' ? afterSpace(json, at + 1) : at;
}

function afterSpace(json: string, from: number): number {
  let at = from;
  while (' \t\n\r'.includes(json[at] ?? '.')) at += 1;
  return at;
}

/** Where a value ends, however deep it is. */
function afterValue(json: string, from: number): number {
  let depth = 0;
  for (let at = from; at < json.length;) {
    const character = json[at];
    if (character === '"') at = afterString(json, at);
    else if (character === '{' || character === '[') {
      depth += 1;
      at += 1;
    } else if (character === '}' || character === ']') {
      // The end of what holds a number or word, which is not part of it.
      if (depth === 0) return at;
      depth -= 1;
      at += 1;
    } else if (depth === 0) return afterWord(json, at);
    else at += 1;
    if (depth === 0) return at;
  }
  return json.length;
}

function afterString(json: string, quote: number): number {
  let at = quote + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

function afterWord(json: string, from: number): number {
  let at = from;
  while (at < json.length && !',]} \t\n\r'.includes(json[at] as string)) at += 1;
  return at;
}
