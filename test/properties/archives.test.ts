import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { CodedBody } from '../../src/scrub/coded-body.js';
import { compileNeedles } from '../../src/scrub/forms.js';
import { IdentityBody } from '../../src/scrub/identity-body.js';
import { encoders, sendThrough } from '../scrub/coded.js';

const { resolve } = createRequire(import.meta.url);
const packageFile = (name: string, file: string): Buffer => readFileSync(`node_modules/${name}/${file}`);

/** Real ones: what a release page, a registry or a container store hands out. */
const archives: readonly [name: string, make: () => Buffer][] = [
  ['random bytes', () => randomBytes(2 * 1024 * 1024)],
  ['a tar file', () => tar('undici')],
  ['a gzip file', () => gzipSync(tar('undici'))],
  ['a zip file', () => packageFile('thread-stream', 'test/ts-commonjs-default-export.zip')],
  ['a PNG', () => packageFile('@notionhq/notion-mcp-server', 'docs/images/integrations-creation.png')],
  ['wasm', wasm],
  ['a program', () => beginningOf(process.execPath, 2 * 1024 * 1024)],
  ['minified code and its source map', () => Buffer.concat([packageFile('zod', 'index.cjs'), tar('zod')])],
];

function tar(name: string): Buffer {
  return execFileSync('tar', ['-cf', '-', `node_modules/${name}`], { maxBuffer: 64 * 1024 * 1024 });
}

function wasm(): Buffer {
  const source = readFileSync(resolve('undici/lib/llhttp/llhttp-wasm.js'), 'latin1');
  const bytes = Buffer.from(/[A-Za-z0-9+/=]{1000,}/.exec(source)?.[0] ?? '', 'base64');
  expect(bytes.subarray(0, 4)).toEqual(Buffer.from('\0asm'));
  return bytes;
}

function beginningOf(path: string, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const file = openSync(path, 'r');
  readSync(file, bytes, 0, length, 0);
  closeSync(file);
  return bytes;
}

const secrets = [40, 36, 24, 12].map((length) => `ghp_${randomBytes(length).toString('base64')}`.slice(0, length));
const needles = compileNeedles(secrets, []);

/** Chunks as they come from a network, of any size. */
function chunksOf(bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = 1 + Math.floor(Math.random() * 65_536);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

describe.each(archives)('%s', (_, make) => {
  const bytes = make();

  it('comes through identical as it is', async () => {
    for (const type of ['application/octet-stream', undefined]) {
      const body = new IdentityBody(needles, type, { start: true, end: true });
      const got = await sendThrough(body, chunksOf(bytes));
      expect([got.bytes.equals(bytes), body.masked]).toEqual([true, 0]);
    }
  });

  it.each(encoders)('comes through identical in $name', async ({ coding, encode }) => {
    const sent = encode(bytes);
    for (const release of [Infinity, 1]) {
      const body = new CodedBody(coding, needles, 'text/plain');
      const got = await sendThrough(body, chunksOf(sent), release);
      expect([got.head, got.failed, got.bytes.equals(sent), body.masked]).toEqual(['as-is', undefined, true, 0]);
    }
  });
});
