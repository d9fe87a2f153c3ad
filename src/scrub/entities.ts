/** HTML's names for ASCII characters (WHATWG HTML section 13.5) of up to ten letters; the others are written by number or raw. */
const names: Readonly<Record<string, string>> = {
  '\t': 'Tab',
  '\n': 'NewLine',
  '!': 'excl',
  '"': 'quot QUOT',
  '#': 'num',
  $: 'dollar',
  '%': 'percnt',
  '&': 'amp AMP',
  "'": 'apos',
  '(': 'lpar',
  ')': 'rpar',
  '*': 'ast midast',
  '+': 'plus',
  ',': 'comma',
  '.': 'period',
  '/': 'sol',
  ':': 'colon',
  ';': 'semi',
  '<': 'lt LT',
  '=': 'equals',
  '>': 'gt GT',
  '?': 'quest',
  '@': 'commat',
  '[': 'lsqb lbrack',
  '\\': 'bsol',
  ']': 'rsqb rbrack',
  '^': 'Hat',
  _: 'lowbar UnderBar',
  '`': 'grave',
  '{': 'lcub lbrace',
  '|': 'verbar vert',
  '}': 'rcub rbrace',
};

/** Name → code point. */
export const entityCharacters: ReadonlyMap<string, number> = new Map(
  Object.entries(names).flatMap(([character, list]) =>
    list.split(' ').map((name): [string, number] => [name, character.charCodeAt(0)]),
  ),
);

/** What a name may begin with, from nothing to all of it. */
export const entityBeginnings: ReadonlySet<string> = new Set(
  [...entityCharacters.keys()].flatMap((name) =>
    Array.from({ length: name.length + 1 }, (_, end) => name.slice(0, end)),
  ),
);
