import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTunnel } from '../support/proxy.js';
import { answered, api, exchange, get, outcome, startWorld, type World } from './world.js';

let world: World;
let p: string;

beforeAll(async () => {
  world = await startWorld({
    yaml: `
unsafe_anonymous: true
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}] }
  other: { from: env, name: TOKEN, hosts: [${api}] }
policies:
  - name: basic
    hosts: [${api}]
    paths: [/basic]
    inject: [{ place: basic, username: "u", password: "{api}", mode: substitute }]
  - name: header
    hosts: [${api}]
    inject: [{ place: header, name: authorization, template: "Bearer {api}", mode: substitute }]
limits: { drain_timeout: 300ms }
`,
  });
  p = world.placeholder;
});
afterAll(() => world.close());

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');

async function refused(bytes: string): Promise<void> {
  world.reset();
  const text = await world.inside(bytes);
  expect(outcome(text)).toBe('placeholder_misplaced');
  expect(text).toMatch(/^HTTP\/1\.1 403 /);
  expect(world.arrived()).toBe('');
  expect(world.leaks(text)).toEqual([]);
}

describe('placeholder sent to a host, header or body place it is not bound to, raw, in base64 or percent-encoded', () => {
  const heads: [string, () => string][] = [
    ['a cookie', () => get('/', `Cookie: a=${p}`)],
    ['the value after another header that is right', () => get('/', `Authorization: Bearer ${p}`, `X-Copy: ${p}`)],
    ['the name of a header', () => get('/', `X-${p}: 1`)],
    ['the name of a header in upper-case surroundings', () => get('/', `X-A_${p}_B: 1`)],
    ['a path', () => get(`/files/${p}`)],
    ['a path, every character percent-encoded', () => get(`/files/${percent(p)}`)],
    ['a query in base64 of more', () => get(`/?a=${encodeURIComponent(base64(`x=${p}&y`))}`)],
    ['a query in base64url', () => get(`/?a=${Buffer.from(`>>>${p}???`).toString('base64url')}`)],
    ['Referer', () => get('/', `Referer: https://a.example/?${p}`)],
    ['a header, Basic, under a policy for Bearer', () => get('/', `Authorization: Basic ${base64(`u:${p}`)}`)],
    ['a header, raw, under a policy for Basic', () => get('/basic', `Authorization: Bearer ${p}`)],
    [
      'the user name and, in a second header, the password',
      () => get('/basic', `X-User: ${p}`, `Authorization: Basic ${base64(`u:${p}`)}`),
    ],
    [
      'the right header, of another secret',
      () => get('/', `Authorization: Bearer ${world.proxy.placeholders.of('desk', 'other') ?? ''}`),
    ],
    [
      'the right header, next to that of another secret',
      () => get('/', `Authorization: Bearer ${p} ${world.proxy.placeholders.of('desk', 'other') ?? ''}`),
    ],
  ];

  it.each(heads)('is refused in %s, and nothing is sent', async (_, head) => {
    await refused(head());
  });

  const unreplaced: [string, () => string][] = [
    ['more often than will be replaced', () => get('/', `Authorization: Bearer ${`${p} `.repeat(5)}`)],
    [
      'raw in one field and in base64 in a second of the same name',
      () => get('/', `Authorization: Bearer ${p}`, `Authorization: Basic ${base64(`u:${p}`)}`),
    ],
    ['raw, and percent-encoded behind it', () => get('/', `Authorization: Bearer ${p} ${percent(p)}`)],
    [
      'in Basic, and raw in a second field of the same name',
      () => get('/basic', `Authorization: Basic ${base64(`u:${p}`)}`, `Authorization: Bearer ${p}`),
    ],
  ];

  it.each(unreplaced)('never goes on as it came, at its own place: %s', async (_, head) => {
    world.reset();
    const text = await world.inside(head());
    expect(world.arrived()).not.toContain(p);
    expect(world.arrived()).not.toContain(base64(`u:${p}`));
    expect(world.arrived()).not.toContain(percent(p));
    expect(outcome(text)).toBe('placeholder_misplaced');
  });

  const bodies: [string, () => string][] = [
    ['raw', () => `{"key":"${p}"}`],
    ['percent-encoded in a form', () => `a=1&key=${percent(p)}`],
    ['half percent-encoded', () => `key=${percent(p.slice(0, 20))}${p.slice(20)}`],
    ...[0, 1, 2].map((shift): [string, () => string] => [
      `in base64, shifted by ${shift}`,
      () => base64(`${'x'.repeat(shift)}{"key":"${p}"}`),
    ]),
  ];

  it.each(bodies)('is refused in a request body wherever that is cut in two: %s', async (_, body) => {
    world.reset(() => undefined);
    const text = body();
    const chunk = (part: string): string => (part === '' ? '' : `${part.length.toString(16)}\r\n${part}\r\n`);
    const cuts = Array.from({ length: 12 }, (__, i) => Math.floor(((i + 0.5) * text.length) / 12));
    const outcomes = await Promise.all(
      cuts.map(async (cut) => {
        const { socket } = await openTunnel(world.proxy, `${api}:443`);
        const { connect: connectTls } = await import('node:tls');
        const secure = connectTls({ socket, servername: api, ca: world.proxy.trustPem });
        secure.write(
          `POST / HTTP/1.1\r\nHost: ${api}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(text.slice(0, cut))}`,
        );
        const refusal = outcome(await exchange(secure, `${chunk(text.slice(cut))}0\r\n\r\n`, answered));
        socket.destroy();
        return refusal;
      }),
    );
    expect(new Set(outcomes)).toEqual(new Set(['placeholder_misplaced']));
    expect(world.arrived()).not.toContain(p);
    expect(world.arrived()).not.toContain(world.secret);
  });

  it.each([
    ['in a field that would go on', () => `X-A: ${p}`],
    ['in one that would not', () => `Authorization: Bearer ${p}`],
    ['as a name', () => `${p}: a`],
    ['in base64', () => `X-A: ${base64(`u:${p}`)}`],
  ])('is refused in a trailer before the body has ended at the destination: %s', async (_, trailer) => {
    world.reset(() => undefined);
    const alarms = world.proxy.alarms.length;
    const bytes = `POST / HTTP/1.1\r\nHost: ${api}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n${trailer()}\r\n\r\n`;
    expect(outcome(await world.inside(bytes))).toBe('placeholder_misplaced');
    expect(world.arrived()).not.toMatch(/\r\n0\r\n/);
    expect(world.arrived()).not.toContain(p);
    expect(world.proxy.alarms.slice(alarms)).toMatchObject([{ kind: 'placeholder_misplaced' }]);
  });

  it('of one client is nothing to another, and is refused', async () => {
    world.reset();
    const socket = connect(world.proxy.port, '127.0.0.1');
    const text = await exchange(
      socket,
      `GET https://${api}/ HTTP/1.1\r\nHost: ${api}\r\nAuthorization: Bearer ${p}\r\n\r\n`,
    );
    expect(outcome(text)).toBe('placeholder_misplaced');
    expect(world.arrived()).toBe('');
  });

  it('is recorded as refused, by name of the client and code', () => {
    const attempts = world.proxy
      .records()
      .filter(({ kind, code }) => kind === 'refused' && code === 'placeholder_misplaced');
    expect(attempts.length).toBeGreaterThanOrEqual(10);
    expect(attempts[0]).toMatchObject({ client: 'desk', host: api, method: 'GET' });
  });
});

describe('a request with two Authorization headers under a policy that substitutes', () => {
  it('has the placeholder replaced where it stands, and the other left as the caller sent it', async () => {
    world.reset();
    await world.inside(get('/', 'Authorization: Bearer mine', `authorization: token ${p}`));
    expect(world.arrived().match(/^authorization: .*$/gim)).toEqual([
      'Authorization: Bearer mine',
      `authorization: token ${world.secret}`,
    ]);
  });

  it('gets no credential where neither holds the placeholder', async () => {
    world.reset();
    await world.inside(get('/', 'Authorization: Bearer one', 'Authorization: Bearer two'));
    expect(world.arrived()).not.toContain(world.secret);
    expect(
      world.proxy
        .records()
        .filter(({ kind }) => kind === 'use')
        .at(-1),
    ).toMatchObject({ secrets: [], injected: [] });
  });
});
