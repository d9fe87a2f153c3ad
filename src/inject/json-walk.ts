/** Steps through a text that is valid JSON (RFC 8259): each takes an index and returns one. */

/** Where the element of an array begins that a token of a pointer (RFC 6901 section 4) names; undefined where there is none. */
export function elementOf(json: string, array: number, token: string): number | undefined {
  if (!/^(?:0|[1-9]\d{0,8})$/.test(token)) return undefined;
  let at = afterSpace(json, array + 1);
  for (let left = Number(token); left > 0 && json[at] !== ']'; left -= 1) at = nextItem(json, at);
  return json[at] === ']' ? undefined : at;
}

/** The members of an object: each name, out of its escapes, and where its value begins. */
export function* membersOf(json: string, object: number): Generator<readonly [name: string, value: number]> {
  for (let at = afterSpace(json, object + 1); json[at] === '"';) {
    const end = afterValue(json, at);
    const value = afterSpace(json, afterSpace(json, end) + 1);
    const name = json.slice(at + 1, end - 1);
    yield [name.includes('\\') ? (JSON.parse(json.slice(at, end)) as string) : name, value];
    at = nextItem(json, value);
  }
}

/** Where the next member or element begins, or the bracket that ends them. */
function nextItem(json: string, value: number): number {
  const at = afterSpace(json, afterValue(json, value));
  return json[at] === ',' ? afterSpace(json, at + 1) : at;
}

export function afterSpace(json: string, from: number): number {
  let at = from;
  while (' \t\n\r'.includes(json[at] ?? '.')) at += 1;
  return at;
}

/** Where a value ends, however deep it is. */
export function afterValue(json: string, from: number): number {
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

/** More than readers go down: the parser of the engine takes seconds where each bracket opens another. */
const deepest = 1000;

/** Whether brackets stand in one another too deep for a reader; of a text that may be anything. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length && depth <= deepest; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = afterString(text, at) - 1;
    else if (code === 0x5b || code === 0x7b) depth += 1;
    else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return depth > deepest;
}
