import { createHash, createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { authorizationOf } from '../../secrets/fakes/sigv4.js';

/** A request as it has come to a server. */
export interface Arrived {
  readonly method: string;
  /** Path and query as they stood on the wire. */
  readonly url: string;
  /** Names and values in turn, `host` among them. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface ServerKeys {
  readonly id: string;
  readonly secret: string;
  readonly token?: string | undefined;
}

export interface Accepted {
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  /** The content, out of `aws-chunked`. */
  readonly content: Buffer;
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const s3 = new Set(['s3', 's3express']);

/**
 * What AWS does with a request: written from docs.aws.amazon.com ("Create a signed AWS API request", "Authenticating requests (AWS Signature
 * Version 4)" of S3) and from nothing that signs. Throws where AWS would refuse.
 */
export function verify(request: Arrived, keys: ServerKeys, now = Date.now()): Accepted {
  const headers = joined(request.rawHeaders);
  const [path = '', query = ''] = splitOnce(request.url, '?');
  const parameters = query
    .split('&')
    .filter(Boolean)
    .map((pair) => splitOnce(pair, '=').map(formDecoded));
  if (parameters.some(([name = '']) => /^x-amz-(?:credential|signature|algorithm)$/i.test(name)))
    throw new Error('only one auth mechanism allowed');
  const stated = authorizationOf(headers.get('authorization') ?? '');
  if (stated === undefined) throw new Error(`no signature: ${headers.get('authorization') ?? ''}`);
  const { scope, signedHeaders, signature } = stated;
  if (stated.id !== keys.id) throw new Error('InvalidAccessKeyId');
  if (headers.get('x-amz-security-token') !== keys.token) throw new Error('InvalidToken');
  for (const name of headers.keys()) {
    if ((name.startsWith('x-amz-') || name === 'host') && !signedHeaders.includes(name))
      throw new Error(`${name} is not signed`);
  }
  const isS3 = s3.has(scope.service);
  const payload = headers.get('x-amz-content-sha256');
  if (isS3 && payload === undefined) throw new Error('MissingContentSHA256');
  const canonical = [
    request.method,
    isS3 ? path.split('/').map(encodedOnce).join('/') : normalised(path),
    parameters
      .map(([name = '', value = '']) => `${strict(name)}=${strict(value)}`)
      .sort((a, b) => (a < b ? -1 : 1))
      .join('&'),
    ...signedHeaders.map(
      (name) =>
        `${name}:${required(headers, name)
          .trim()
          .replace(/[ \t]+/g, ' ')}`,
    ),
    '',
    signedHeaders.join(';'),
    payload ?? sha256(request.body),
  ].join('\n');
  const date = required(headers, 'x-amz-date');
  const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(time - now) <= 300_000) || !date.startsWith(scope.date)) throw new Error('RequestTimeTooSkewed');
  const whole = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, whole, sha256(canonical)].join('\n');
  const parts = [scope.date, scope.region, scope.service, 'aws4_request'];
  const key = parts.reduce<Buffer | string>(hmac, `AWS4${keys.secret}`);
  if (hmac(key, toSign).toString('hex') !== signature) throw new Error(`SignatureDoesNotMatch\n${canonical}`);
  const { region, service } = scope;
  return { region, service, signedHeaders, content: contentOf(request.body, headers, payload) };
}

function contentOf(body: Buffer, headers: ReadonlyMap<string, string>, payload: string | undefined): Buffer {
  const length = headers.get('content-length');
  if (length !== undefined && Number(length) !== body.length) throw new Error('IncompleteBody');
  if (payload === undefined || payload === 'UNSIGNED-PAYLOAD') return body;
  if (payload !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') {
    if (sha256(body) !== payload) throw new Error('XAmzContentSHA256Mismatch');
    return body;
  }
  const { content, trailers } = unchunked(body);
  if (content.length !== Number(required(headers, 'x-amz-decoded-content-length'))) throw new Error('IncompleteBody');
  const name = required(headers, 'x-amz-trailer');
  if ([...trailers.keys()].join() !== name) throw new Error('MalformedTrailerError');
  if (name === 'x-amz-checksum-crc32') {
    const expected = Buffer.alloc(4);
    expected.writeUInt32BE(crc32(content));
    if (trailers.get(name) !== expected.toString('base64')) throw new Error('BadDigest');
  }
  return content;
}

/** `aws-chunked` without signatures. */
function unchunked(body: Buffer): { content: Buffer; trailers: ReadonlyMap<string, string> } {
  const pieces: Buffer[] = [];
  let at = 0;
  const line = (): string => {
    const end = body.indexOf('\r\n', at);
    if (end === -1) throw new Error('IncompleteBody');
    const text = body.toString('latin1', at, end);
    at = end + 2;
    return text;
  };
  for (let isLast = false; !isLast;) {
    const text = line();
    if (!/^[0-9a-f]+$/i.test(text)) throw new Error(`a chunk of the size ${text}`);
    const size = Number.parseInt(text, 16);
    pieces.push(body.subarray(at, at + size));
    at += size;
    isLast = size === 0;
    if (!isLast && line() !== '') throw new Error('a chunk that is longer than its size');
  }
  const trailers = new Map<string, string>();
  for (let text = line(); text !== ''; text = line()) {
    const [name = '', value = ''] = splitOnce(text, ':');
    trailers.set(name, value.trim());
  }
  if (at !== body.length) throw new Error('something behind the end');
  return { content: Buffer.concat(pieces), trailers };
}

function joined(raw: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let at = 0; at < raw.length; at += 2) {
    const [name = '', value = ''] = [raw[at]?.toLowerCase(), raw[at + 1]];
    headers.set(name, headers.has(name) ? `${headers.get(name)!},${value}` : value);
  }
  return headers;
}

function required(headers: ReadonlyMap<string, string>, name: string): string {
  const value = headers.get(name);
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** What everybody does, and AWS with what it has decoded: unreserved characters as they are, all else in capital hex. */
function strict(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9._~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function encodedOnce(segment: string): string {
  return strict(decodeURIComponent(segment));
}

/** Empty segments are left out, and each is encoded twice. */
function normalised(path: string): string {
  const segments = path.split('/').filter(Boolean).map(encodedOnce).map(strict);
  return `/${segments.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`;
}
