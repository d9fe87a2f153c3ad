import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cookieLines, lastRecord, own, percent, requestLine, startHeads } from './heads.js';
import { api, exchange, get, outcome, startWorld, type World } from './world.js';

let world: World;
let secret: string;
let p: string;
let other: string;

beforeAll(async () => {
  world = await startHeads();
  ({ secret, placeholder: p } = world);
  other = world.proxy.placeholders.of('desk', 'other') ?? '';
});
afterAll(() => world.close());

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const withoutRules = `
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}] }
policies:
  - name: whole
    hosts: [${api}]
    inject: [{ place: query, name: key, template: "{api}" }, { place: path, template: "/bot{api}" }]
limits: { drain_timeout: 300ms }
`;
const encoded = (): string => encodeURIComponent(secret);

describe('a placeholder in the head of a request', () => {
  const right: [string, () => string, () => string][] = [
    ['a path', () => get(`/file/bot${p}/documents/a%20b?x`), () => `GET /file/bot${secret}/documents/a%20b?x HTTP/1.1`],
    ['a path, encoded', () => get(`/file/%62ot${percent(p)}/a`), () => `GET /file/%62ot${secret}/a HTTP/1.1`],
    ['a query', () => get(`/boards/1?a=%zz&key=${p}&;`), () => `GET /boards/1?a=%zz&key=${encoded()}&; HTTP/1.1`],
    ['a query, encoded', () => get(`/boards/1?k%65y=${percent(p)}`), () => `GET /boards/1?k%65y=${encoded()} HTTP/1.1`],
    [
      'two parameters',
      () => get(`/boards/1?key=${p}&token=${other}`),
      () => `GET /boards/1?key=${encoded()}&token=${encoded()} HTTP/1.1`,
    ],
  ];

  it.each(right)('is replaced at its place, and nothing else changes: %s', async (_, bytes, expected) => {
    world.reset();
    const text = await world.inside(bytes());
    expect(outcome(text)).toBe('200');
    expect(requestLine(world)).toBe(expected());
    expect(world.leaks(text)).toEqual([]);
  });

  it('is replaced in a cookie, and the others stay', async () => {
    world.reset();
    await world.inside(get('/chat/1', 'Cookie: a=1;b="2 3"', `cookie: c=3; d=${p}; e`));
    expect(cookieLines(world)).toEqual(['Cookie: a=1;b="2 3"', `cookie: c=3; d=${secret}; e`]);
  });

  const wrong: [string, () => string][] = [
    ['another segment', () => get(`/file/bot1/${p}`)],
    ['the right segment, without the text before it', () => get(`/file/${p}/a`)],
    ['the right segment, and another', () => get(`/file/bot${p}/${p}`)],
    ['the right segment, and the query', () => get(`/file/bot${p}/a?b=${percent(p)}`)],
    ['the right segment, in base64', () => get(`/file/bot${Buffer.from(p).toString('base64url')}/a`)],
    ['the right segment, five times', () => get(`/file/bot${p.repeat(5)}/a`)],
    ['the right segment for another secret', () => get(`/file/bot${other}/a`)],
    ['another parameter', () => get(`/boards/1?keys=${p}`)],
    ['the parameter of another secret', () => get(`/boards/1?key=${other}&token=${p}`)],
    ['a parameter of another case', () => get(`/boards/1?KEY=${p}`)],
    ['a parameter behind a semicolon', () => get(`/boards/1?a;key=${p}`)],
    ['the right parameter, and a second of another name', () => get(`/boards/1?key=${p}&b=${p}`)],
    ['the right parameter, in base64', () => get(`/boards/1?key=${base64(`x${p}`).replaceAll('=', '')}`)],
    ['the right parameter, behind a percent sign', () => get(`/boards/1?key=%${p}`)],
    ['the right parameter, five times', () => get(`/boards/1?${`key=${p}&`.repeat(5)}`)],
    ['the name of a parameter', () => get(`/boards/1?${p}=key`)],
    ['the path, where it is for the query', () => get(`/boards/${p}?key=1`)],
    ['the query, where the policy sets a cookie', () => get(`/session/1?key=${p}`)],
    ['another cookie', () => get('/chat/1', `Cookie: a=${p}`)],
    ['a cookie of another case', () => get('/chat/1', `Cookie: D=${p}`)],
    ['the right cookie, percent-encoded', () => get('/chat/1', `Cookie: d=${percent(p)}`)],
    ['the right cookie, and a second', () => get('/chat/1', `Cookie: d=${p}; a=${p}`)],
    ['the right cookie, and Referer', () => get('/chat/1', `Cookie: d=${p}`, `Referer: https://${api}/?${p}`)],
    ['a header, where it is for a cookie', () => get('/chat/1', `Authorization: Bearer ${p}`)],
  ];

  it.each(wrong)('is refused with an alarm, and nothing is sent: %s', async (_, bytes) => {
    world.reset();
    const alarms = world.proxy.alarms.length;
    const text = await world.inside(bytes());
    expect(outcome(text)).toBe('placeholder_misplaced');
    expect(world.arrived()).toBe('');
    expect(world.proxy.alarms.slice(alarms)).toMatchObject([{ kind: 'placeholder_misplaced', client: 'desk' }]);
    expect(lastRecord(world, 'refused')).toMatchObject({ path: '[holds a placeholder]' });
    expect(world.leaks(text)).toEqual([]);
  });

  it('of one client is nothing to another, at the right place too', async () => {
    world.reset();
    const socket = connect(world.proxy.port, '127.0.0.1');
    const bytes = `GET https://${api}/open/x?key=${p} HTTP/1.1\r\nHost: ${api}\r\n\r\n`;
    expect(outcome(await exchange(socket, bytes))).toBe('placeholder_misplaced');
    expect(world.arrived()).toBe('');
  });

  it('is refused in a fragment, as a fragment is no part of a request', async () => {
    world.reset();
    expect(outcome(await world.inside(get(`/boards/1?key=1#${p}`)))).toBe('bad_request');
    expect(world.arrived()).toBe('');
  });
});

describe('what is set in the head of a request', () => {
  it('drops every spelling of the parameter that the caller sent', async () => {
    world.reset();
    await world.inside(get(`/maps/x?key=${own}&b=1&KEY[]=${own};k%65y=${own}&c;d=%zz&=key=${own}`));
    expect(requestLine(world)).toBe(`GET /maps/x?b=1&c;d=%zz&key=${encoded()} HTTP/1.1`);
  });

  it('drops every cookie of the name, in all fields', async () => {
    world.reset();
    await world.inside(get('/session/x', `Cookie: d=${own}; a=1`, `cookie: b="2; d=${own}"`, `COOKIE: D=${own}`));
    expect(cookieLines(world)).toEqual([expect.stringMatching(/^cookie: a=1$/i), `cookie: b="2; d=${secret}`]);
    expect(world.arrived()).not.toContain(own);
  });

  it('is where a header that overrides the path leads to no other, without a rule on paths too', async () => {
    const whole = await startWorld({ yaml: withoutRules });
    await whole.inside(get('/bot/x', `X-Original-URL: /bot${own}/x?key=${own}`, `X-Rewrite-URL: /bot${own}/x`));
    expect(whole.arrived()).toContain(`GET /bot${whole.secret}/x?key=${whole.secret} HTTP/1.1`);
    expect(whole.arrived()).not.toContain(own);
    await whole.close();
  });

  it('is not added for OPTIONS *, which has neither path nor query', async () => {
    const whole = await startWorld({ yaml: withoutRules });
    expect(outcome(await whole.inside(`OPTIONS * HTTP/1.1\r\nHost: ${api}\r\n\r\n`))).toBe('200');
    await whole.ask(`OPTIONS https://${api} HTTP/1.1\r\nHost: ${api}\r\nAUTH\r\n\r\n`);
    expect(whole.arrived().match(/^OPTIONS \* HTTP\/1\.1\r\n/gm)).toHaveLength(2);
    expect(whole.arrived()).not.toContain(whole.secret);
    await whole.close();
  });

  it.each([
    ['/maps/x?a=1', () => `/maps/x?a=1&key=${encoded()}`],
    ['/bot/sendMessage', () => `/bot${secret}/sendMessage`],
  ])('is added to a target in absolute form: %s', async (path, expected) => {
    world.reset();
    await world.ask(`GET https://${api}${path} HTTP/1.1\r\nHost: ${api}\r\nAUTH\r\n\r\n`);
    expect(requestLine(world)).toBe(`GET ${expected()} HTTP/1.1`);
  });

  it('is added to a query as long as a request may be', async () => {
    world.reset();
    const long = 'q'.repeat(63 * 1024);
    expect(outcome(await world.inside(get(`/maps/x?a=${long}`)))).toBe('200');
    expect(requestLine(world)).toBe(`GET /maps/x?a=${long}&key=${encoded()} HTTP/1.1`);
    expect(outcome(await world.inside(get(`/maps/x?a=${'q'.repeat(65 * 1024)}`)))).toBe('headers_too_large');
  });
});
