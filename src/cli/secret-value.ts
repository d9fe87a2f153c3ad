import { UsageError } from '../core/usage-error.js';
import { fieldName } from '../secrets/store/index.js';
import type { Terminal } from './terminal.js';

/** Bytes of one value: what a file that is read as a secret may have, too. */
const largest = 64 * 1024;
/** Bytes of an object of many. */
const largestObject = 512 * 1024;
/** Bytes. Shorter values cannot be masked in answers without masking innocent text: no request would get them. */
const shortest = 8;

/** A field, and which fields of its secret are not secret. */
export interface FieldAsked {
  readonly name: string;
  readonly field: string;
  readonly plainFields: readonly string[];
  /** What the configuration reads under this name instead, where that is another. */
  readonly instead?: string | undefined;
}

/** A value from standard input, less one newline at its end, or asked for at the terminal. Throws a `UsageError` that repeats nothing of it. */
export async function readValue(asking: FieldAsked, terminal: Terminal): Promise<ReadFields> {
  const { name, field, plainFields } = asking;
  const asked = field === 'value' ? name : `${name}.${field}`;
  const typed = terminal.interactive ? await terminal.askHidden(`Value of ${asked}: `) : undefined;
  // An arrow key is three of them.
  if (typed !== undefined && /\p{Cc}/u.test(typed))
    throw new UsageError('a key was pressed that is no character: nothing was kept.');
  const value = typed ?? (await readText(largest + 2, terminal)).replace(/\r?\n$/, '');
  check(value, 'the value');
  const read = readIn(new Map([[field, value]]), plainFields);
  if (read.short.length > 0) {
    throw new UsageError(
      `the value is shorter than ${shortest} bytes: too short to be found in answers, no request would get it.${plainHint(read.short, asking)}`,
    );
  }
  return read;
}

/** How a short field can be used all the same: one of a secret that is no single value. */
export function plainHint(short: readonly string[], { name, instead }: Pick<FieldAsked, 'name' | 'instead'>): string {
  if (instead !== undefined) return ` ${insteadHint(name, instead)}`;
  const field = short.find((name) => name !== 'value');
  if (field === undefined) return '';
  return ` Where this field is no secret, as a user name is none, write \`plain_fields: [${field}]\` beside \`hosts\` in the configuration, and name that with --config FILE.`;
}

export function insteadHint(name: string, instead: string): string {
  return `In the configuration the secret ${name} reads ${instead}: \`keywright secret set ${instead}\`.`;
}

export interface ReadFields {
  readonly fields: ReadonlyMap<string, string>;
  /** Those too short for a request to get. */
  readonly short: readonly string[];
  /** Those that are not secret, short or not: requests get them. */
  readonly plain: readonly string[];
}

function readIn(fields: ReadonlyMap<string, string>, plainFields: readonly string[]): ReadFields {
  const names = [...fields.keys()];
  const short = names.filter((field) => isShort(fields.get(field) ?? '') && !plainFields.includes(field));
  return { fields, short, plain: names.filter((field) => plainFields.includes(field)) };
}

/** The members of a JSON object on standard input, all of them text. Throws a `UsageError` that repeats nothing of it. */
export async function readFields(plainFields: readonly string[], terminal: Terminal): Promise<ReadFields> {
  if (terminal.interactive) {
    throw new UsageError(
      '--json reads from standard input, and what is typed here would be shown: pipe the object in.',
    );
  }
  const members = Object.entries(objectIn(await readText(largestObject, terminal)));
  if (members.length === 0) throw new UsageError('the JSON object has no members.');
  const fields = new Map<string, string>();
  for (const [index, [field, value]] of members.entries()) {
    const what = `member ${index + 1} of the JSON object`;
    if (!fieldName.test(field)) {
      throw new UsageError(
        `${what} has a name that no field can have: letters, digits, underscores and hyphens, at most 64.`,
      );
    }
    if (typeof value !== 'string') {
      const isSimple = typeof value === 'number' || typeof value === 'boolean';
      const wayOut = isSimple ? 'put it in quotes' : 'name the texts in it as members of their own';
      throw new UsageError(`${what}, ${field}, is not a text: ${wayOut}.`);
    }
    check(value, `${what}, ${field},`);
    fields.set(field, value);
  }
  const read = readIn(fields, plainFields);
  if ([...fields.values()].every(isShort)) {
    throw new UsageError(
      `every value is shorter than ${shortest} bytes: too short to be found in answers, no request would get one.`,
    );
  }
  return read;
}

function check(value: string, what: string): void {
  if (value === '') throw new UsageError(`${what} is empty.`);
  if (value.includes('\0'))
    throw new UsageError(`${what} holds a NUL character, which no header and no file of text can.`);
  if (Buffer.byteLength(value) > largest) throw new UsageError(`${what} is larger than ${largest} bytes.`);
}

function isShort(value: string): boolean {
  return Buffer.byteLength(value) < shortest;
}

async function readText(most: number, terminal: Terminal): Promise<string> {
  const bytes = await terminal.inputBytes(most);
  if (bytes.length > most) throw new UsageError(`what comes on standard input is larger than ${most} bytes.`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // The decoder's message says no more than this.
    throw new UsageError('what comes on standard input is not UTF-8 text.');
  }
}

function objectIn(text: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser repeats the text in its message: nothing of it may go on.
    throw new UsageError('what comes on standard input is not JSON.');
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new UsageError('what comes on standard input is not a JSON object.');
}
