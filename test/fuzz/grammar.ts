import { randomPieces, type Random } from '../support/pieces.js';
import type { Way } from '../support/stage.js';

/** What the destination answers to one request: bytes, and whether it ends its connection then. */
export interface Answering {
  readonly bytes: string;
  readonly closes: boolean;
}

/** One caller's conversation: what it sends in which pieces, and what the destination answers to which request. */
export interface Conversation {
  readonly seed: number;
  readonly way: Way;
  /** One text for each request, malformed or not; they are sent right behind one another. */
  readonly requests: readonly string[];
  /** By the id in the path of the request. */
  readonly answers: ReadonlyMap<string, Answering>;
}

const methods = ['GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];
const nasty = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  ' ',
  '\t',
  '\x0b',
  '\x0c',
  ':',
  ';',
  ',',
  '0',
  '9',
  '+',
  '-',
  '\x7f',
  '\x85',
  '\xa0',
  '#',
  '"',
];
const oddFields = [
  'Content-Length: 0',
  'Content-Length: 5',
  'Content-Length: 5, 5',
  'Content-Length: +5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: CHUNKED',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding:\x0bchunked',
  'Transfer-Encoding : chunked',
  'Host: other.example.com',
  'Connection: close',
  'Connection: keep-alive, x-a, x-key, content-length',
  'Connection: transfer-encoding',
  'Upgrade: foo/1',
  'Upgrade: websocket\r\nConnection: Upgrade',
  'Expect: 100-continue',
  'Expect: 200-ok',
  'X-Key: mine',
  'X-A: folded\r\n value',
  ' X-A: b',
  'X-A',
  ': b',
];
const versions = ['HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'http/1.1', 'HTTP/1.1 ', 'HTTP/0.9', 'RTSP/1.0', 'ICE/1.1', ''];
const informational = [
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 102 Processing\r\n\r\n',
  'HTTP/1.1 102 Processing\r\nConnection: close\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(3),
];
const chunkTricks = ['0x', '-', '+', ' ', '00', ';a=b', ';"', 'g', 'ffffffffffffffff'];

/** A conversation that depends on the seed alone. */
export function converse(seed: number, random: Random, ways: readonly Way[]): Conversation {
  const way = random.pick(ways);
  const answers = new Map<string, Answering>();
  const requests: string[] = [];
  const count = 1 + random.below(4);
  const spoils = random.chance(0.6);
  for (let i = 0; i < count; i += 1) {
    const id = `${seed}-${i}`;
    const request = wellFormed(id, way, random);
    requests.push(spoils && random.chance(0.5) ? spoilt(request, random) : request);
    answers.set(id, answering(id, random));
  }
  return { seed, way, requests, answers };
}

export function piecesOf(bytes: string, random: Random): string[] {
  return random.chance(0.3) ? [bytes] : randomPieces(bytes, random, 8);
}

function wellFormed(id: string, way: Way, random: Random): string {
  const method = random.pick(methods);
  const fields = [way.head.slice(0, -2), `X-Id: ${id}`];
  while (random.chance(0.4))
    fields.push(`X-${random.below(5)}: ${random.pick(['a', '', 'b, c', '"d:e"', 'x'.repeat(random.below(200))])}`);
  if (random.chance(0.1)) fields.push('Connection: x-1, x-2');
  if (random.chance(0.05)) fields.push('Connection: close');
  if (random.chance(0.05)) fields.push('Expect: 100-continue');
  const content = contentOf(id, way, random);
  let body = '';
  if (method !== 'HEAD' && random.chance(0.6)) {
    if (random.chance(0.5)) {
      fields.push(`${random.pick(['Content-Length', 'content-length'])}: ${content.length}`);
      body = content;
    } else {
      fields.push(`Transfer-Encoding: ${random.pick(['chunked', 'Chunked'])}`);
      body = inChunks(content, random);
    }
  }
  return `${method} ${way.at(`/r/${id}`)} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n${body}`;
}

/** Content that would be a request, a chunk or an answer, were its length read in another way. */
function contentOf(id: string, way: Way, random: Random): string {
  return random.pick([
    'abc',
    '',
    'x'.repeat(random.below(3000)),
    `GET ${way.at(`/r/${id}s`)} HTTP/1.1\r\n${way.head}\r\n`,
    `0\r\n\r\nGET ${way.at(`/r/${id}s`)} HTTP/1.1\r\n${way.head}\r\n`,
    `HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged`,
    '\r\n\r\n',
  ]);
}

function inChunks(content: string, random: Random): string {
  const pieces = content === '' ? [] : randomPieces(content, random, 4);
  const chunks = pieces.map(
    (piece) => `${piece.length.toString(16)}${random.chance(0.1) ? ';a="b;c"' : ''}\r\n${piece}\r\n`,
  );
  return `${chunks.join('')}0\r\n${random.chance(0.1) ? 'X-Trailer: a\r\n' : ''}\r\n`;
}

/** One to three changes, each of a kind that is known to part readers. */
function spoilt(text: string, random: Random): string {
  let spoiltText = text;
  for (let i = 0; i <= random.below(2); i += 1) spoiltText = spoilOnce(spoiltText, random);
  return spoiltText;
}

function spoilOnce(text: string, random: Random): string {
  const at = random.below(
    Math.min(text.length, random.chance(0.7) ? Math.max(1, text.indexOf('\r\n\r\n') + 4) : text.length),
  );
  switch (random.below(11)) {
    case 0:
      return `${text.slice(0, at)}${random.pick(nasty)}${text.slice(at)}`;
    case 1:
      return `${text.slice(0, at)}${random.pick(nasty)}${text.slice(at + 1)}`;
    case 2:
      return text.slice(0, at) + text.slice(at + 1);
    case 3:
    case 4:
      return replaceNth(text, '\r\n', `\r\n${random.pick(oddFields)}\r\n`, random.below(4));
    case 5:
      return replaceNth(text, '\r\n', random.pick(['\n', '\r', '\n\r', '\r\r\n', '\r\n ']), random.below(8));
    case 6:
      return text.replace('HTTP/1.1', random.pick(versions));
    case 7:
      return text.replace(/\r\n([0-9a-f]+)(?=[;\r])/, (_, size: string) => `\r\n${random.pick(chunkTricks)}${size}`);
    case 8:
      return text.replace(
        /(content-length: )(\d+)/i,
        (_, name: string, size: string) => `${name}${Number(size) + random.below(7) - 3}`,
      );
    case 9:
      return text.replace(/^[A-Z]+/, random.pick(['get', 'TRACE', 'CONNECT', 'FOO', 'GET /x', '']));
    default:
      return text.slice(0, Math.max(1, at));
  }
}

function replaceNth(text: string, what: string, by: string, nth: number): string {
  let at = text.indexOf(what);
  for (let i = 0; i < nth && at !== -1; i += 1) at = text.indexOf(what, at + 1);
  return at === -1 ? text : text.slice(0, at) + by + text.slice(at + what.length);
}

function answering(id: string, random: Random): Answering {
  const body = random.pick(['ok', '', `answer to ${id}`, 'y'.repeat(random.below(3000)), 'HTTP/1.1 200 OK\r\n\r\n']);
  const fields = [`X-Answers: ${id}`];
  while (random.chance(0.3)) fields.push(`X-${random.below(5)}: ${random.pick(['a', 'b, c', ''])}`);
  if (random.chance(0.1)) fields.push('Connection: x-1');
  if (random.chance(0.1)) fields.push('Connection: close');
  const status = random.pick([
    '200 OK',
    '200 OK',
    '200 OK',
    '404 Not Found',
    '500 Oh',
    '204 No Content',
    '304 Not Modified',
  ]);
  const bodiless = /^(204|304)/.test(status);
  const framing: 'none' | 'length' | 'chunked' | 'close' = bodiless
    ? 'none'
    : random.pick(['length', 'length', 'chunked', 'chunked', 'close'] as const);
  if (framing === 'length') fields.push(`Content-Length: ${body.length}`);
  if (framing === 'chunked') fields.push('Transfer-Encoding: chunked');
  const content = { none: '', length: body, close: body, chunked: inChunks(body, random) }[framing];
  const hints = random.chance(0.1) ? random.pick(informational) : '';
  let bytes = `${hints}HTTP/1.1 ${status}\r\n${fields.join('\r\n')}\r\n\r\n${content}`;
  if (random.chance(0.2)) bytes = spoilt(bytes, random);
  if (framing !== 'close' && random.chance(0.1))
    bytes += random.pick(['x', '\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged']);
  return { bytes, closes: framing === 'close' || random.chance(0.1) };
}
