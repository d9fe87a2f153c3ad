import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { startRawOrigin } from '../support/origin.js';
import { generatedSecret, openSecureTunnel, openTunnel, startProxy, type TestProxy } from '../support/proxy.js';

jest.setTimeout(20_000);

const secure = 'api.example.com';
const clear = 'plain.example.com';
/** Milliseconds. What is not a pause within an answer is over after `short`; a sweep may add as much as 500. */
const short = 300;
const responseIdle = 1500;
const step = 100;
const quiet = 1000;
const steps = 20;

const secret = generatedSecret();
let origins: Awaited<ReturnType<typeof startRawOrigin>>[];
let proxy: TestProxy;

beforeAll(async () => {
  const authority = testAuthority();
  origins = await Promise.all([startRawOrigin(authority, [secure], speak), startRawOrigin(undefined, [], speak)]);
  const [one, other] = origins.map(({ port }) => port);
  proxy = await startProxy({
    origins: { [`${secure}:443`]: one ?? 0, [`${clear}:80`]: other ?? 0 },
    authority,
    environment: { TOKEN: secret },
    yaml: `
secrets: { api: { from: env, name: TOKEN, hosts: [${secure}] } }
policies:
  - { name: secure, hosts: [${secure}], inject: [{ place: header, name: x-key, template: "{api}" }] }
  - { name: clear, hosts: ["${clear}:80"] }
limits:
  headers_timeout: ${short}ms
  handshake_timeout: 2s
  keep_alive_timeout: ${short}ms
  request_idle_timeout: ${short}ms
  lookup_timeout: ${short}ms
  connect_timeout: 2s
  response_timeout: ${short}ms
  response_idle_timeout: ${responseIdle}ms
  tunnel_idle_timeout: ${short}ms
  upstream_keep_alive_timeout: ${short}ms
  secret_timeout: ${short}ms
  drain_timeout: ${short}ms
`,
  });
});
afterAll(async () => {
  await proxy.close();
  await Promise.all(origins.map((origin) => origin.close()));
});

const event = (data: string): string => {
  const text = `data: ${data}\n\n`;
  return `${text.length.toString(16)}\r\n${text}\r\n`;
};

/** A destination that tells of something all the time, then of nothing for a while, then of one thing more, and then stays silent. */
function speak(socket: Socket): void {
  socket.once('data', () => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n');
    let told = 0;
    const timer = setInterval(() => {
      told += 1;
      socket.write(event(`${told}`));
      if (told < steps) return;
      clearInterval(timer);
      setTimeout(() => socket.write(event('late')), quiet);
    }, step);
    socket.once('close', () => clearInterval(timer));
  });
}

interface Way {
  readonly name: string;
  open(): Promise<Socket>;
  readonly head: string;
  readonly ends?: boolean;
}

const ways: readonly Way[] = [
  {
    name: 'searched, in a TLS tunnel',
    open: () => openSecureTunnel(proxy, `${secure}:443`),
    head: `/ HTTP/1.1\r\nHost: ${secure}`,
  },
  {
    name: 'searched, to a caller that has ended its side',
    open: () => openSecureTunnel(proxy, `${secure}:443`),
    head: `/ HTTP/1.1\r\nHost: ${secure}`,
    ends: true,
  },
  {
    name: 'as they are, in a clear tunnel',
    open: async () => (await openTunnel(proxy, `${clear}:80`)).socket,
    head: `/ HTTP/1.1\r\nHost: ${clear}`,
  },
  {
    name: 'as they are, in absolute form',
    async open() {
      const socket = connect(proxy.port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    },
    head: `http://${clear}/ HTTP/1.1\r\nHost: ${clear}\r\nProxy-Authorization: AUTH`,
  },
];

interface Told {
  readonly text: string;
  /** Milliseconds between the last event and the end. */
  readonly silent: number;
  /** The longest time that an event came late. */
  readonly late: number;
}

async function listen(way: Way): Promise<Told> {
  const socket = await way.open();
  socket.on('error', () => undefined);
  let text = '';
  let [last, late] = [performance.now(), 0];
  socket.on('data', (piece: Buffer) => {
    text += piece.toString('latin1');
    const now = performance.now();
    if (!text.includes('data: late')) late = Math.max(late, now - last - step);
    last = now;
  });
  const request = `GET ${way.head.replace('AUTH', proxy.authorization)}\r\n\r\n`;
  if (way.ends === true) socket.end(request);
  else socket.write(request);
  await new Promise<void>((resolve) => socket.once('close', resolve).once('end', resolve));
  return { text, silent: performance.now() - last, late };
}

describe('events', () => {
  // All at once: most of it is waiting.
  let told: Promise<Told[]>;
  beforeAll(() => {
    told = Promise.all(ways.map(listen));
  });

  it.each(ways.map(({ name }, i) => [name, i] as const))(
    'outlive every other limit, and a pause longer than those; silence for longer than response_idle_timeout ends them: %s',
    async (_, i) => {
      const { text, silent } = (await told)[i]!;
      const expected = [...Array.from({ length: steps }, (__, at) => `${at + 1}`), 'late'];
      expect(text.match(/(?<=data: )\w+/g)).toEqual(expected);
      // Cut, and not ended.
      expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
      expect(silent).toBeGreaterThanOrEqual(responseIdle - 50);
      expect(silent).toBeLessThan(responseIdle + 1500);
      expect(steps * step).toBeGreaterThan(responseIdle);
    },
  );

  it('come as soon as they are told', async () => {
    const latest = Math.max(...(await told).map(({ late }) => late));
    expect(latest).toBeLessThan(quiet - step);
  });

  it('are recorded as ended by the time they may be silent', async () => {
    await told;
    await delay(50);
    const ends = proxy.records().filter(({ kind }) => kind === 'end');
    expect(ends).toHaveLength(ways.length);
    for (const end of ends) expect(end).toMatchObject({ code: 'destination_timeout' });
  });
});
