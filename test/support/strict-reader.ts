/**
 * A slow, strict reader of HTTP/1.1, written from RFC 9112 and independent of the product: it takes one reading or none.
 * Bytes are Latin-1 text. It reads from the start each time it is asked, so there is no state to be wrong.
 */

export type Field = readonly [name: string, value: string];

export interface Message {
  /** The request line or status line. */
  readonly start: string;
  /** As they stand, outer whitespace off the values (RFC 9112 section 5.1). */
  readonly fields: readonly Field[];
  /** The content, chunks joined, and the fields behind the last one. */
  readonly body: string;
  readonly trailers: readonly Field[];
  readonly framing: 'none' | 'length' | 'chunked' | 'close';
  /**
   * What a strict recipient may refuse although the message has one reading, such as a chunk extension. Without any, a message
   * has to be taken.
   */
  readonly doubts: readonly string[];
  /** Whether the connection ends with this message, so that nothing behind it is one. */
  readonly last: boolean;
}

export interface Reading {
  readonly messages: readonly Message[];
  /** What follows the last whole message. */
  readonly rest: 'nothing' | 'partial' | 'malformed';
  /** The offset where it begins. */
  readonly at: number;
  /** Why it is malformed. */
  readonly why?: string;
  /** The message that is partial, where its head is whole. */
  readonly begun?: Message;
}

/** All requests in what one side has sent. Where a request says that the connection closes, all behind it is `malformed`. */
export function readRequests(bytes: string): Reading {
  return readAll(bytes, (scanner) => readRequest(scanner));
}

/** All answers; `methods` are those of the requests they answer, in order, `ended` says whether the connection has. */
export function readAnswers(bytes: string, methods: readonly string[], ended: boolean): Reading {
  let answered = 0;
  let announced = false;
  return readAll(bytes, (scanner) => {
    const message = readAnswer(scanner, methods[answered] ?? 'GET', ended);
    const isFinal = !/^HTTP\/... 1/.test(message.start);
    if (isFinal) answered += 1;
    // RFC 9112 section 9.6: the connection ends after the response, and one has not ended before its final answer.
    announced ||= message.last;
    return { ...message, last: isFinal && announced };
  });
}

export function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter(([candidate]) => candidate.toLowerCase() === name).map(([, value]) => value);
}

/** Thrown where the bytes end too early. */
class Incomplete extends Error {
  readonly begun: Message | undefined;
  constructor(begun?: Message) {
    super('incomplete');
    this.begun = begun;
  }
}

class Malformed extends Error {}

function readAll(bytes: string, readOne: (scanner: Scanner) => Message): Reading {
  const scanner = new Scanner(bytes);
  const messages: Message[] = [];
  let at = 0;
  try {
    while (scanner.at < bytes.length) {
      if (messages.at(-1)?.last === true) throw new Malformed('bytes behind the end of the connection');
      messages.push(readOne(scanner));
      at = scanner.at;
    }
    return { messages, rest: 'nothing', at };
  } catch (error) {
    if (error instanceof Malformed) return { messages, rest: 'malformed', at, why: error.message };
    if (!(error instanceof Incomplete)) throw error;
    return { messages, rest: 'partial', at, ...(error.begun === undefined ? {} : { begun: error.begun }) };
  }
}

class Scanner {
  readonly bytes: string;
  at = 0;

  constructor(bytes: string) {
    this.bytes = bytes;
  }

  /** Up to the next CRLF; a CR or LF alone ends nothing and has no place in a line (RFC 9112 section 2.2). */
  line(): string {
    const end = this.bytes.indexOf('\n', this.at);
    const line = this.bytes.slice(this.at, end === -1 ? undefined : end);
    if (/\r[^]/.test(line)) throw new Malformed('a bare CR');
    if (end === -1) throw new Incomplete();
    if (!line.endsWith('\r')) throw new Malformed('a bare LF');
    this.at = end + 1;
    return line.slice(0, -1);
  }

  /** Empty lines in front of a request hide nothing, and many skip them. */
  skipEmptyLines(): string {
    const [empty = ''] = /^(?:\r?\n)*/.exec(this.bytes.slice(this.at)) ?? [];
    this.at += empty.length;
    return empty;
  }

  take(count: number, incomplete: () => Incomplete): string {
    if (this.bytes.length - this.at < count) throw incomplete();
    this.at += count;
    return this.bytes.slice(this.at - count, this.at);
  }

  rest(): string {
    const rest = this.bytes.slice(this.at);
    this.at = this.bytes.length;
    return rest;
  }
}

function readRequest(scanner: Scanner): Message {
  const doubts: string[] = [];
  // RFC 9112 section 2.2: a server should ignore at least one empty line.
  const empty = scanner.skipEmptyLines();
  if (empty !== '') doubts.push('an empty line before the request');
  if (/(?:^|[^\r])\n/.test(empty)) doubts.push('a bare LF before the request');
  const start = scanner.line();
  const [, method, target = '', version = ''] =
    /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) +([\x21-\x7e]+) +HTTP\/1\.([0-9])$/.exec(start) ?? [];
  if (method === undefined) throw new Malformed('the request line');
  // RFC 9112 section 3 lets a recipient split the line at any whitespace.
  const single = `${method} ${target} HTTP/1.${version}`;
  if (single !== start) doubts.push('more than one space in the request line');
  if (version !== '1') doubts.push('another version than 1.1');
  const fields = readFields(scanner, doubts);
  const framing = statedFraming(fields, version, doubts) ?? 'none';
  const last = isLast(fields, version);
  return readBody(scanner, { start: single, fields, body: '', trailers: [], framing, doubts, last });
}

function readAnswer(scanner: Scanner, method: string, ended: boolean): Message {
  const doubts: string[] = [];
  const start = scanner.line();
  const [, version, status = ''] = /^HTTP\/([0-9]\.[0-9]) ([1-9][0-9][0-9])(?: [^]*)?$/.exec(start) ?? [];
  if (version === undefined) throw new Malformed('the status line');
  // It means nothing, so many readers take anything for it.
  if (/[^\t\x20-\x7e\x80-\xff]/.test(start)) doubts.push('a control in the reason phrase');
  if (version !== '1.1') doubts.push('another version than 1.1');
  const minor = version === '1.0' ? '0' : '1';
  const fields = readFields(scanner, doubts);
  const bodiless = method === 'HEAD' || /^(?:1..|204|304)$/.test(status);
  const framing = bodiless ? unusedFraming(fields, minor, doubts) : (statedFraming(fields, minor, doubts) ?? 'close');
  const last = framing === 'close' ? true : isLast(fields, minor);
  const message = { start, fields, body: '', trailers: [], framing, doubts, last } as const;
  if (status === '101') throw new Malformed('a 101 that nobody asked for');
  if (framing === 'none') return message;
  if (framing === 'close' && !ended) throw new Incomplete({ ...message, body: scanner.rest() });
  return framing === 'close' ? { ...message, body: scanner.rest() } : readBody(scanner, message);
}

function isLast(fields: readonly Field[], version: string): boolean {
  const options = valuesOf(fields, 'connection').flatMap((value) => value.toLowerCase().split(/[\t ,]+/));
  return options.includes('close') || (version === '0' && !options.includes('keep-alive'));
}

function readFields(scanner: Scanner, doubts: string[]): Field[] {
  const fields: Field[] = [];
  for (let line = scanner.line(); line !== ''; line = scanner.line()) {
    const [, name, value = ''] =
      /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined) throw new Malformed('a field line');
    if (/[\x80-\xff]/.test(value)) doubts.push('bytes over 0x7F in a value');
    fields.push([name, value]);
  }
  return fields;
}

/** RFC 9112 section 6.3, with each choice it leaves taken the strict way. Undefined where nothing is stated. */
function statedFraming(fields: readonly Field[], version: string, doubts: string[]): 'length' | 'chunked' | undefined {
  const lengths = valuesOf(fields, 'content-length');
  const codings = valuesOf(fields, 'transfer-encoding');
  if (codings.length > 0) {
    if (lengths.length > 0) throw new Malformed('two kinds of length');
    if (codings.length > 1 || codings[0]?.toLowerCase() !== 'chunked') throw new Malformed('a transfer coding');
    if (version === '0') throw new Malformed('a transfer coding in HTTP/1.0');
    return 'chunked';
  }
  if (lengths.length === 0) return undefined;
  const [text = ''] = lengths;
  if (lengths.length > 1 || !/^[0-9]+$/.test(text)) throw new Malformed('a length');
  if (Number(text) > Number.MAX_SAFE_INTEGER) throw new Malformed('a length beyond counting');
  if (/^0./.test(text)) doubts.push('a length with leading zeros');
  return 'length';
}

/** An answer that never has content ends with its head, whatever it says of a length; nobody has to like it. */
function unusedFraming(fields: readonly Field[], version: string, doubts: string[]): 'none' {
  try {
    statedFraming(fields, version, doubts);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    doubts.push(`${error.message}, where there is no content`);
  }
  return 'none';
}

function readBody(scanner: Scanner, message: Message): Message {
  if (message.framing === 'chunked') return readChunks(scanner, message);
  const [length = '0'] = message.framing === 'length' ? valuesOf(message.fields, 'content-length') : [];
  const begun = scanner.at;
  const incomplete = (): Incomplete => new Incomplete({ ...message, body: scanner.bytes.slice(begun) });
  return { ...message, body: scanner.take(Number(length), incomplete) };
}

/** Its grammar is not looked at: what has no line end in it cannot be taken for a chunk. */
const extension = /^(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/;

function readChunks(scanner: Scanner, message: Message): Message {
  const doubts = [...message.doubts];
  let body = '';
  const incomplete = (): Incomplete => new Incomplete({ ...message, body });
  try {
    for (;;) {
      const line = scanner.line();
      const [, digits = '', rest = ''] = /^([0-9a-fA-F]{1,16})(.*)$/.exec(line) ?? [];
      if (digits === '' || !extension.test(rest)) throw new Malformed('a chunk size');
      if (rest !== '') doubts.push('a chunk extension');
      if (/^0./.test(digits)) doubts.push('a chunk size with leading zeros');
      const size = Number.parseInt(digits, 16);
      if (size > Number.MAX_SAFE_INTEGER) throw new Malformed('a chunk beyond counting');
      if (size === 0) break;
      const begun = scanner.at;
      body += scanner.take(size, () => new Incomplete({ ...message, body: body + scanner.bytes.slice(begun) }));
      if (scanner.take(2, incomplete) !== '\r\n') throw new Malformed('a chunk that is longer than its size');
    }
    const trailers = readFields(scanner, doubts);
    if (trailers.length > 0) doubts.push('trailers');
    return { ...message, body, trailers, doubts };
  } catch (error) {
    throw error instanceof Incomplete && error.begun === undefined ? incomplete() : error;
  }
}
