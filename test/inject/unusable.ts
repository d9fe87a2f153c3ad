/** Values that may come from a backend and cannot stand in a header, by what is wrong with them. */
export const unusableValues: readonly (readonly [what: string, value: string])[] = [
  ['CR and LF', 's3cr3t\r\nx-injected: 1'],
  ['LF', 's3cr3t\nvalue'],
  ['LF at its end', 's3cr3t-value\n'],
  ['CR', 's3cr3t\rvalue'],
  ['NUL', 's3cr3t\0value'],
  ['an escape', 's3cr3t\x1b[31m'],
  ['a tab', 's3cr3t\tvalue'],
  ['a delete', 's3cr3t\x7fvalue'],
  ['a letter beyond ASCII', 's3cr3t-välue'],
  ['a high control character', 's3cr3t-v\x85lue'],
  ['a typographic quote', '“s3cr3t-value”'],
  ['a byte order mark', '\ufeffs3cr3t-value'],
  ['a leading space', ' s3cr3t-value'],
  ['a trailing space', 's3cr3t-value '],
  ['spaces alone', '        '],
];
