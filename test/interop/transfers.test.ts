import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import type { Origin } from '../support/origin.js';
import { generatedSecret } from '../support/proxy.js';
import { startServe, type Serving } from '../support/serve.js';
import { bytesOfFile, digestOfFile, page, startFileServer } from './file-server.js';
import { has, type Ended } from '../support/run.js';
import { digestOf, execute, field, routeThrough, usesOf } from './served.js';

jest.setTimeout(120_000);

const mebibyte = 1024 * 1024;
/** For more of it, and figures: KEYWRIGHT_TEST_MIB=1024. */
const byHand = process.env['KEYWRIGHT_TEST_MIB'];
const size = Number(byHand ?? 64) * mebibyte;
const host = 'files.example.com';
const authority = testAuthority();
const secret = generatedSecret();
/** A curl is built with brotli or without. */
const codings = has('sh', '-c', 'curl --version | grep -q brotli') ? ['gzip', 'br'] : ['gzip'];
const where = has('curl', '--version') ? describe : describe.skip;

let folder: string;
let file: string;
let digest: string;
let origin: Origin;
let serving: Serving;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-transfers-'));
  file = join(folder, 'file');
  digest = await digestOfFile(size);
  origin = await startFileServer(authority, [host], { size, authorization: `Bearer ${secret}` });
});
afterAll(async () => {
  await origin.close();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  origin.seen.length = 0;
  serving = await startServe({
    authority,
    origins: { [`${host}:443`]: origin.port },
    environment: { FILES_TOKEN: secret },
    yaml: [
      `secrets: { files: { from: env, name: FILES_TOKEN, hosts: [${host}] } }`,
      `policies: [{ name: files, hosts: [${host}], inject: [{ place: header, name: authorization, template: "Bearer {files}" }] }]`,
    ].join('\n'),
  });
});
afterEach(() => serving.close());

/** Every answer is scrubbed, as every request carries the credential. */
async function curl(path: string, args: readonly string[], input?: Readable, proxy = '--proxy'): Promise<Ended> {
  const { proxyUrl, trustFile, shell } = routeThrough(serving);
  const command = ['curl', '-sSv', proxy, proxyUrl, '--cacert', trustFile, ...args, `https://${host}${path}`] as const;
  const outcome = await execute(command, { env: shell, cwd: folder, ...(input !== undefined && { input }) });
  expect(outcome.stdout + outcome.stderr).not.toContain(secret);
  return outcome;
}

async function succeeds(...asked: Parameters<typeof curl>): Promise<Ended> {
  const outcome = await curl(...asked);
  if (outcome.code !== 0) throw new Error(`curl ended with ${outcome.code ?? 'a signal'}: ${outcome.stderr}`);
  return outcome;
}

/** The most memory that the process ever had in use, bytes. */
function peakOf(pid: number): number {
  return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

const digestOnDisk = (): Promise<string> => digestOf(createReadStream(file));

where('curl through interception, with answers searched', () => {
  it('downloads a large file whose checksum is right, and the proxy is no larger for it', async () => {
    await succeeds('/gzip', ['-o', '/dev/null']);
    const before = serving.resident();
    const begin = performance.now();
    await succeeds('/file', ['-o', file]);
    const seconds = (performance.now() - begin) / 1000;
    const peak = peakOf(serving.pid);
    if (byHand !== undefined) console.info({ size, seconds, before, after: serving.resident(), peak });
    expect(await digestOnDisk()).toBe(digest);
    expect(peak - before).toBeLessThan(96 * mebibyte);
    const uses = await usesOf(serving);
    expect(uses).toHaveLength(2);
    const ends = serving.records().filter(({ kind }) => kind === 'end');
    expect(ends.at(-1)).toMatchObject({ code: 'ok', bytes_out: size, masked: 0 });
  });

  it.each([
    ['the middle', Math.floor(size / 2) + 5],
    ['the last byte', size - 1],
  ])('resumes a download from %s', async (_, from) => {
    await pipeline(Readable.from(bytesOfFile(0, from)), createWriteStream(file));
    const { stderr } = await succeeds('/file', ['-C', '-', '-o', file]);
    expect(stderr).toMatch(/^< HTTP\/(?:1\.1|2) 206 /m);
    expect(field(origin.seen.at(-1)?.rawHeaders ?? [], 'range')).toBe(`bytes=${from}-`);
    expect(statSync(file).size).toBe(size);
    expect(await digestOnDisk()).toBe(digest);
  });

  it.each(codings)('reads an answer in %s as the destination coded it', async (coding) => {
    const { stdout, stderr } = await succeeds(`/${coding}`, ['--compressed']);
    expect(stderr).toMatch(new RegExp(`^< content-encoding: ${coding}\r?$`, 'im'));
    expect(stdout === page).toBe(true);
  });

  it('finds the credential in a coded answer that repeats it', async () => {
    const { stdout } = await succeeds('/echo', ['--compressed']);
    expect(JSON.parse(stdout)).toMatchObject({ host, authorization: `Bearer ${'*'.repeat(secret.length)}` });
  });

  it.each([
    ['of a known length', '1.1', (path: string) => path, 'content-length'],
    ['in chunks', '1.1', () => '-', 'transfer-encoding'],
    ['of a known length', '2', (path: string) => path, 'content-length'],
    ['of unknown length', '2', () => '-', 'transfer-encoding'],
  ])('uploads 64 MiB %s in HTTP/%s once it is told to continue', async (_, version, from, framing) => {
    const length = 64 * mebibyte;
    const expected = await digestOf(Readable.from(bytesOfFile(0, length)));
    await pipeline(Readable.from(bytesOfFile(0, length)), createWriteStream(file));
    const args = [`--http${version}`, '-H', 'Expect: 100-continue', '-T', from(file)];
    const { stdout, stderr } = await succeeds('/upload', args, createReadStream(file));
    expect(stdout).toBe(expected);
    const answers = ['< HTTP/1.1 200', `< HTTP/${version} 100`, `< HTTP/${version} 200`];
    expect(stderr.match(/^< HTTP\/\S+ \d+/gm)).toEqual(answers);
    expect(field(origin.seen.at(-1)?.rawHeaders ?? [], framing)).toBeDefined();
  });

  it.each([
    ['inside the tunnel', '--proxy'],
    ['in its CONNECT too', '--proxy1.0'],
  ])('speaks HTTP/1.0 %s: no chunks, and the end of the connection is the end of the answer', async (_, proxy) => {
    const { stderr } = await succeeds('/unmeasured', ['--http1.0', '-o', file], undefined, proxy);
    expect(stderr).toMatch(/^> GET \/unmeasured HTTP\/1\.0/m);
    expect(/^> CONNECT \S+ HTTP\/(\S+)/m.exec(stderr)?.[1]).toBe(proxy === '--proxy' ? '1.1' : '1.0');
    expect(stderr).not.toMatch(/^< transfer-encoding/im);
    expect(await digestOnDisk()).toBe(digest);
  });
});
