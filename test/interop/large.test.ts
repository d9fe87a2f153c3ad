import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { serverCertificate, testAuthority } from '../support/certificates.js';
import { generatedSecret } from '../support/proxy.js';
import { startServe, type Serving } from '../support/serve.js';

jest.setTimeout(180_000);

const mebibyte = 1024 * 1024;
/** For more of it, and figures: KEYWRIGHT_TEST_MIB=1024. */
const byHand = process.env['KEYWRIGHT_TEST_MIB'];
const size = Number(byHand ?? 64) * mebibyte;
/** What sockets and streams between the two ends may hold, all together: most of it is the system's, which gives 6 MiB and more to each. */
const mostUnderWay = 40 * mebibyte;
const mostGrowth = 48 * mebibyte;
const host = 'large.example.com';
const piece = Buffer.alloc(64 * 1024, 'keywright ');
const secret = generatedSecret();
const authority = testAuthority();

let origin: Server;
let serving: Serving;
/** Bytes of content that the destination has written, and has read. */
let sent = 0;
let taken = 0;
/** Lets the destination read the body that it was asked not to read yet. */
let release: () => void = () => undefined;

function serve(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/down') void sendAll(response);
  else if (request.url === '/small') response.end('ok');
  else {
    request.once('end', () => response.end(String(taken)));
    release = () => request.on('data', (part: Buffer) => void (taken += part.length));
    if (request.url === '/up') release();
  }
}

async function sendAll(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-length': size });
  response.on('error', () => undefined);
  for (sent = 0; sent < size && !response.destroyed; sent += piece.length) {
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}

beforeAll(async () => {
  origin = createServer(serverCertificate(authority, [host]), serve).listen(0, '127.0.0.1');
  await once(origin, 'listening');
  serving = await startServe({
    authority,
    origins: { [`${host}:443`]: (origin.address() as AddressInfo).port },
    environment: { LARGE_TOKEN: secret },
    yaml: [
      `secrets: { large: { from: env, name: LARGE_TOKEN, hosts: [${host}] } }`,
      `policies: [{ name: large, hosts: [${host}], inject: [{ place: header, name: x-key, template: "{large}" }] }]`,
    ].join('\n'),
  });
});
afterAll(async () => {
  await serving.close();
  origin.closeAllConnections();
  origin.close();
});

const head = (line: string, ...fields: string[]): string =>
  [`${line} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...fields, '', ''].join('\r\n');

/** Bytes of content that have come, as they come. */
class Download {
  got = 0;
  readonly socket: Socket;
  readonly ended: Promise<unknown>;

  constructor(socket: Socket) {
    this.socket = socket;
    let text: string | undefined = '';
    socket.on('data', (bytes: Buffer) => {
      if (text === undefined) {
        this.got += bytes.length;
        return;
      }
      text += bytes.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      this.got = text.length - end - 4;
      text = undefined;
    });
    this.ended = new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
    socket.write(head('GET /down'));
  }

  static async begin(): Promise<Download> {
    return new Download(await serving.tunnel(`${host}:443`));
  }
}

async function upload(path: string): Promise<{ socket: Socket; answer: Promise<string>; written: () => number }> {
  const socket = await serving.tunnel(`${host}:443`);
  let [text, written] = ['', 0];
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  const answer = once(socket, 'end').then(() => text);
  taken = 0;
  socket.write(head(`POST ${path}`, `Content-Length: ${size}`));
  void (async () => {
    for (; written < size && !socket.destroyed; written += piece.length) {
      if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    }
  })();
  return { socket, answer, written: () => written };
}

interface Growth {
  /** The most memory that was in use during it, more than before it; and how much of that came in its second half. */
  readonly most: number;
  readonly late: number;
}

/** Looks at the proxy's memory while `work` goes on. */
async function growthDuring(work: Promise<unknown>, done: () => number): Promise<Growth> {
  const before = serving.resident();
  const seen: { done: number; resident: number }[] = [];
  const timer = setInterval(() => seen.push({ done: done(), resident: serving.resident() }), 25);
  const begin = performance.now();
  await work;
  clearInterval(timer);
  seen.push({ done: size, resident: serving.resident() });
  const most = (of: typeof seen): number => Math.max(before, ...of.map(({ resident }) => resident));
  const early = most(seen.filter((one) => one.done < size / 2));
  const growth = { most: most(seen) - before, late: most(seen) - early };
  if (byHand !== undefined) console.info({ size, before, ...growth, seconds: (performance.now() - begin) / 1000 });
  return growth;
}

/** Waits until a number has not moved for a while. */
async function settled(of: () => number): Promise<number> {
  for (let last = -1; last !== of() || last === 0;) {
    last = of();
    await delay(250);
  }
  return of();
}

async function othersServed(): Promise<void> {
  const begin = performance.now();
  expect(await serving.get(`${host}:443`, '/small')).toMatch(/^HTTP\/1\.1 200 /);
  expect(performance.now() - begin).toBeLessThan(2000);
}

describe('what is large leaves the memory of the proxy as it was', () => {
  it('down', async () => {
    await (
      await Download.begin()
    ).ended;
    const download = await Download.begin();
    const { most, late } = await growthDuring(download.ended, () => download.got);
    expect(download.got).toBe(size);
    expect(most).toBeLessThan(mostGrowth);
    expect(late).toBeLessThan(mostGrowth / 2);
  });

  it('up', async () => {
    await (
      await upload('/up')
    ).answer;
    const { answer } = await upload('/up');
    const { most, late } = await growthDuring(answer, () => taken);
    expect((await answer).endsWith(`\r\n\r\n${size}`)).toBe(true);
    expect(most).toBeLessThan(mostGrowth);
    expect(late).toBeLessThan(mostGrowth / 2);
  });
});

describe('one side that is slow holds the other back, and nobody else', () => {
  it('a caller that stops reading', async () => {
    const download = await Download.begin();
    await once(download.socket, 'data');
    const before = serving.resident();
    download.socket.pause();
    expect((await settled(() => sent)) - download.got).toBeLessThan(mostUnderWay);
    await othersServed();
    expect(serving.resident() - before).toBeLessThan(mostGrowth);
    download.socket.resume();
    await download.ended;
    expect(download.got).toBe(size);
  });

  it('a caller that reads a mebibyte a second', async () => {
    const download = await Download.begin();
    await once(download.socket, 'data');
    const before = serving.resident();
    for (let i = 0; i < 8; i += 1) {
      const limit = download.got + mebibyte / 8;
      const enough = new Promise<void>((resolve) => {
        const look = (): void => {
          if (download.got < limit) return;
          download.socket.pause().off('data', look);
          resolve();
        };
        download.socket.on('data', look).resume();
      });
      await Promise.all([enough, delay(125)]);
      expect(sent - download.got).toBeLessThan(mostUnderWay);
    }
    await othersServed();
    expect(serving.resident() - before).toBeLessThan(mostGrowth);
    download.socket.destroy();
  });

  it('a destination that stops reading', async () => {
    const before = serving.resident();
    const { answer, written } = await upload('/later');
    expect(await settled(written)).toBeLessThan(mostUnderWay);
    expect(taken).toBe(0);
    await othersServed();
    expect(serving.resident() - before).toBeLessThan(mostGrowth);
    release();
    expect((await answer).endsWith(`\r\n\r\n${size}`)).toBe(true);
  });
});
