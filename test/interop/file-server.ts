import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { TestAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { digestOf } from './served.js';

const key = randomBytes(32);
const piece = 256 * 1024;
const entityTag = '"first"';

/** A file that nobody has to keep: the same random bytes each time, from anywhere in it. */
export async function* bytesOfFile(from: number, to: number): AsyncGenerator<Buffer> {
  const counter = Buffer.alloc(16);
  counter.writeBigUInt64BE(BigInt(Math.floor(from / 16)), 8);
  const cipher = createCipheriv('aes-256-ctr', key, counter);
  cipher.update(Buffer.alloc(from % 16));
  for (let at = from; at < to; at += piece) {
    // Each piece comes in a turn of its own, as it would from a disk.
    await new Promise(setImmediate);
    yield cipher.update(Buffer.alloc(Math.min(piece, to - at)));
  }
}

/** A text that compresses well, larger than what is decoded at once. */
export const page = Array.from({ length: 60_000 }, (_, line) => JSON.stringify({ line, words: 'the same again' })).join(
  '\n',
);

/** A destination with a large file, coded pages, uploads, and an answer that repeats the credential; all for the credential alone. */
export function startFileServer(
  authority: TestAuthority,
  names: readonly string[],
  { size, authorization }: { readonly size: number; readonly authorization: string },
): Promise<Origin> {
  const coded = { gzip: gzipSync(page), br: brotliCompressSync(page) };
  const routes: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
    '/file': (request, response) => void sendFile(request, response, size),
    '/unmeasured': (_, response) => void pipeline(Readable.from(bytesOfFile(0, size)), response).catch(() => undefined),
    '/gzip': (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' }).end(coded.gzip),
    '/br': (_, response) =>
      response.writeHead(200, { 'content-encoding': 'br', 'content-type': 'text/plain' }).end(coded.br),
    '/echo': ({ headers }, response) =>
      response
        .writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' })
        .end(gzipSync(JSON.stringify(headers))),
    '/upload': (request, response) => void digestOf(request).then((digest) => response.end(digest)),
  };
  return startOrigin(authority, names, (request, response) => {
    const route = request.headers.authorization === authorization ? routes[request.url ?? ''] : undefined;
    if (route === undefined) response.writeHead(401).end();
    else route(request, response);
  });
}

export async function digestOfFile(size: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of bytesOfFile(0, size)) hash.update(bytes);
  return hash.digest('hex');
}

async function sendFile({ headers, method }: IncomingMessage, response: ServerResponse, size: number): Promise<void> {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const common = { 'accept-ranges': 'bytes', etag: entityTag, 'content-length': size - from };
  if (headers.range === undefined) response.writeHead(200, common);
  else response.writeHead(206, { ...common, 'content-range': `bytes ${from}-${size - 1}/${size}` });
  if (method === 'HEAD') response.end();
  // Who goes away has had enough.
  else await pipeline(Readable.from(bytesOfFile(from, size)), response).catch(() => undefined);
}
