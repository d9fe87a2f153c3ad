import { expect } from '@jest/globals';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { Content, describeContent } from '../../../src/core/content.js';
import { HeaderList } from '../../../src/core/header-list.js';
import type { Draft, Scheme } from '../../../src/core/message.js';
import type { Injection, Mode } from '../../../src/inject/index.js';
import { keyedPlaceholders } from '../../../src/inject/placeholder.js';
import { sigv4Signer } from '../../../src/inject/sigv4.js';
import { signV4 } from '../../../src/net/sigv4.js';
import { credentials } from '../credentials.js';
import { verify, type Accepted, type Arrived } from './verifier.js';

export const now = Date.UTC(2026, 10, 28, 9, 30);
/** The caller's clock is half an hour wrong. */
const itsNow = now - 1_800_000;
export const host = 'bucket.s3.eu-central-1.amazonaws.com';
export const region = 'eu-central-1';

export const keys = {
  id: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
  secret: randomBytes(30).toString('base64'),
  token: randomBytes(300).toString('base64'),
};
export const placeholders = keyedPlaceholders(
  randomBytes(32),
  ['desk', 'agents'],
  new Map([
    ['aws', 'AKIA<32 hex>'],
    ['other', 'AKIA<32 hex>'],
  ]),
);
export const ours = placeholders.of('desk', 'aws')!;
export const secrets = credentials({
  aws: { access_key_id: keys.id, secret_access_key: keys.secret, session_token: keys.token },
});

type Options = Parameters<typeof sigv4Signer.make>[0];

export function signer(options: Partial<Options> = {}, mode: Mode = 'substitute'): Injection {
  const whose = options.access_key_id === undefined ? { secret: 'aws' } : {};
  return sigv4Signer.make(
    { ...whose, ...options },
    { mode, placeholders, clock: { now: () => now, elapsed: () => 0 } },
  );
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly service?: string;
  readonly region?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  readonly accessKeyId?: string;
  readonly token?: string;
}

/** A request as an SDK signs it whose keys are placeholders, in the header. */
export async function signedByCaller(sent: Sent): Promise<Draft & { readonly body: Buffer | undefined }> {
  const { method = 'GET', path = '/', service = 's3', headers = {}, body, accessKeyId = ours, token } = sent;
  const signed = await signV4(
    {
      method,
      path: path.split('?', 1)[0] ?? '',
      query: {},
      headers: { host, ...headers, ...(token !== undefined && { 'x-amz-security-token': token }) },
      body: typeof body === 'string' ? Buffer.from(body) : body,
      plainPath: service === 's3',
    },
    { region: sent.region ?? region, service, accessKeyId, secretAccessKey: 'none', now: itsNow },
  );
  const rest = Object.fromEntries(Object.entries(signed).filter(([name]) => name !== 'host'));
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const length = bytes === undefined || 'content-length' in rest ? {} : { 'content-length': String(bytes.length) };
  return {
    method,
    path,
    headers: new HeaderList(Object.entries({ ...rest, ...length }).flat()),
    body: bytes,
  };
}

export interface Outcome {
  readonly arrived: Arrived;
  readonly rendered: readonly string[];
  readonly fired: boolean;
}

/** Where a client sends what it has signed so. */
function hostFor({ headers }: Draft): string {
  const [, service = 's3'] = /\/([\w-]+)\/aws4_request/.exec(headers.first('authorization') ?? '') ?? [];
  return service === 's3' ? host : `${service}.${region}.amazonaws.com`;
}

/** What the destination gets of it: held where the signer asks for that, injected into, signed, and its body sent through. */
export async function pass(
  draft: Draft & { readonly body?: Buffer | undefined },
  injection: Injection = signer(),
  {
    scheme = 'https',
    client = 'desk',
    pieces = 7,
    host = hostFor(draft),
  }: { scheme?: Scheme; client?: string; pieces?: number; host?: string } = {},
): Promise<Outcome> {
  const { body } = draft;
  if (body !== undefined && injection.holds?.(draft, client) === true) draft.content = new Content(body, '', 1e9);
  const asIs = (rendered: readonly string[], sent: Buffer | undefined, fired = true): Outcome => ({
    arrived: {
      method: draft.method,
      url: draft.path,
      rawHeaders: ['host', host, ...draft.headers.raw],
      body: sent ?? Buffer.alloc(0),
    },
    rendered,
    fired,
  });
  if (!injection.wants(draft, client)) return asIs([], body, false);
  const rendered = injection.inject(draft, client, secrets);
  if (draft.content !== undefined) describeContent(draft.headers, draft.content);
  const request = {
    ...{ method: draft.method, scheme, host, path: draft.path, headers: draft.headers },
    content: draft.content?.wire,
    hasBody: body !== undefined,
  };
  const signed = await injection.sign!(request, client, secrets);
  draft.path = request.path;
  const all = [...rendered, ...signed.rendered];
  if (body === undefined || draft.content !== undefined || signed.body === undefined) return asIs(all, body);
  return asIs(all, await buffer(signed.body(Readable.from(cut(body, pieces)))));
}

export async function accepted(...args: Parameters<typeof pass>): Promise<Accepted> {
  const { arrived, fired } = await pass(...args);
  if (!fired) throw new Error('the signer did not fire');
  return verify(arrived, keys, now);
}

/** In pieces of so many bytes, the first a byte long. */
export function cut(bytes: Buffer, size: number): Buffer[] {
  const pieces = [bytes.subarray(0, 1)];
  for (let at = 1; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

export interface Chunking {
  readonly size?: number;
  readonly trailer?: readonly [name: string, value: string];
  /** What ends the line of the trailer. */
  readonly lineEnd?: string;
}

/** `aws-chunked` with signatures, made with keys that are none. */
export function signedChunks(content: Buffer, { size = 8192, trailer, lineEnd = '\r\n' }: Chunking = {}): Buffer {
  const parts: (Buffer | string)[] = [];
  const signature = (text: string): string => createHmac('sha256', 'none').update(text).digest('hex');
  for (let at = 0; at < content.length; at += size) {
    const piece = content.subarray(at, at + size);
    parts.push(`${piece.length.toString(16)};chunk-signature=${signature(String(at))}\r\n`, piece, '\r\n');
  }
  parts.push(`0;chunk-signature=${signature('end')}\r\n`);
  if (trailer !== undefined)
    parts.push(`${trailer.join(':')}${lineEnd}`, `x-amz-trailer-signature:${signature('trailer')}\r\n`);
  parts.push('\r\n');
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

export function crc32Of(content: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(content));
  return bytes.toString('base64');
}

export function hashOf(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

export const unsignable = expect.objectContaining({ code: 'unsignable' });
export const content = randomBytes(200_000);
export const zero = '0'.repeat(64);
export const presigned = (more: Readonly<Record<string, string>> = {}, path = '/key'): string => {
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${ours}/20261128/${region}/s3/aws4_request`,
    'X-Amz-Date': '20261128T090000Z',
    'X-Amz-Expires': '900',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': zero,
    ...more,
  });
  return `${path}?${query.toString()}`;
};
export const authorization = (credential: string, names = 'host;x-amz-date', algorithm = 'AWS4-HMAC-SHA256'): string =>
  `${algorithm} Credential=${credential}, SignedHeaders=${names}, Signature=${zero}`;
export const s3Scope = `20261128/${region}/s3/aws4_request`;
