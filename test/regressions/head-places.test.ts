import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusalTeller } from '../../src/cli/report-line.js';
import { api, exchange, get, ok, outcome, startWorld, type World } from './world.js';

let world: World;
let secret: string;
let p: string;
let other: string;

/** A token of the caller's own: it is no secret of ours, and still belongs in no log. */
const own = `987654321:${randomBytes(26).toString('base64url')}`;
const mark = '[a credential]';

beforeAll(async () => {
  secret = `110201543:s3cr3t+${randomBytes(18).toString('base64url')}=`;
  world = await startWorld({
    secret,
    yaml: `
unsafe_anonymous: true
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}], placeholder: "<10 digits>:<35 base64url>" }
  other: { from: env, name: TOKEN, hosts: [${api}] }
deny:
  - { name: no-logout, hosts: [${api}], paths: [/*/logOut] }
policies:
  - name: bot
    clients: [desk]
    hosts: [${api}]
    methods: [GET, POST]
    paths: [/*/sendMessage]
    inject: [{ place: path, template: "/bot{api}" }]
  - name: files
    clients: [desk]
    hosts: [${api}]
    paths: [/file/**]
    inject: [{ place: path, template: "/file/bot{api}", mode: substitute }]
  - name: maps
    clients: [desk]
    hosts: [${api}]
    paths: [/maps/**]
    inject: [{ place: query, name: key, template: "{api}" }]
  - name: boards
    clients: [desk]
    hosts: [${api}]
    paths: [/boards/**]
    inject:
      - { place: query, name: key, template: "{api}", mode: substitute }
      - { place: query, name: token, template: "{other}", mode: substitute }
  - name: session
    clients: [desk]
    hosts: [${api}]
    paths: [/session/**]
    inject: [{ place: cookie, name: d, template: "{api}" }]
  - name: chat
    clients: [desk]
    hosts: [${api}]
    paths: [/chat/**]
    inject: [{ place: cookie, name: d, template: "{api}", mode: substitute }]
  - name: anything
    hosts: [${api}]
    paths: [/open/**]
    inject: [{ place: query, name: key, template: "{api}", mode: substitute }]
limits: { drain_timeout: 300ms }
`,
  });
  p = world.placeholder;
  other = world.proxy.placeholders.of('desk', 'other') ?? '';
});
afterAll(() => world.close());

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');
const line = (): string => world.arrived().split('\r\n', 1)[0] ?? '';
const cookies = (): readonly string[] => world.arrived().match(/^cookie: .*$/gim) ?? [];
const lastRecord = (kind: string) =>
  world.proxy
    .records()
    .filter((record) => record.kind === kind)
    .at(-1);
const encoded = (): string => encodeURIComponent(secret);

describe('a path with a credential of the caller in it, refused', () => {
  const refusedPaths: [string, string, () => string, string][] = [
    ['by no policy', 'no_policy', () => `/bot${own}/getUpdates?offset=${own}`, `/bot${mark}/getUpdates`],
    [
      'by no policy, in another spelling',
      'no_policy',
      () => `/%62ot${percent(own)}/getUpdates`,
      `/bot${mark}/getUpdates`,
    ],
    ['by a deny rule', 'denied', () => `/bot${own}/logOut`, `/bot${mark}/logOut`],
    ['as its path reads two ways', 'bad_path', () => `//bot${own}/sendMessage`, mark],
    ['with an encoded slash', 'bad_path', () => `/x%2f..%2fbot${own}/sendMessage`, mark],
    [
      'for a placeholder in the query',
      'placeholder_misplaced',
      () => `/bot${own}/sendMessage?${p}`,
      '[holds a placeholder]',
    ],
  ];

  it.each(refusedPaths)(
    'is neither in the audit log nor in what the operator reads: %s',
    async (_, code, path, shown) => {
      world.reset();
      const reports = world.proxy.reports.length;
      const text = await world.inside(get(path()));
      expect(outcome(text)).toBe(code);
      expect(world.arrived()).toBe('');
      expect(lastRecord('refused')).toMatchObject({ code, path: shown });
      let told = '';
      for (const report of world.proxy.reports.slice(reports)) refusalTeller((more) => (told += more))(report);
      expect(told).toContain(code);
      for (const written of [told, world.proxy.written(), text]) {
        expect(written).not.toContain(own);
        expect(written.toLowerCase()).not.toContain(percent(own));
      }
    },
  );

  it('is told with a line that would allow it, whatever stands there', async () => {
    const reports = world.proxy.reports.length;
    await world.inside(get(`/bot${own}/getUpdates`));
    let told = '';
    for (const report of world.proxy.reports.slice(reports)) refusalTeller((more) => (told += more))(report);
    expect(told).toContain('paths: ["/*/getUpdates"]');
  });

  it('is hidden for a caller whose policies put nothing in a path', async () => {
    const socket = connect(world.proxy.port, '127.0.0.1');
    await exchange(socket, `GET https://${api}/bot${own}/sendMessage HTTP/1.1\r\nHost: ${api}\r\n\r\n`);
    expect(lastRecord('refused')).toMatchObject({ client: 'anonymous', path: `/bot${mark}/sendMessage` });
    expect(world.proxy.written()).not.toContain(own);
  });
});

describe('a rule on paths, with a credential in the path', () => {
  it.each([
    ['another method', () => `/bot${own}/getMe`, 'no_policy'],
    ['the method one segment on', () => `/bot${own}/x/sendMessage`, 'no_policy'],
    ['the method behind a slash that is encoded', () => `/bot${own}%2FgetMe/sendMessage`, 'bad_path'],
    ['dot segments', () => `/bot${own}/../getMe/sendMessage`, 'bad_path'],
    ['no segment for the credential', () => '/sendMessage', 'no_policy'],
  ])('decides on what the caller sent, and refuses %s', async (_, path, code) => {
    world.reset();
    expect(outcome(await world.inside(get(path())))).toBe(code);
    expect(world.arrived()).toBe('');
  });

  it.each([
    ['nothing', () => '/bot/sendMessage?chat_id=1', () => `/bot${secret}/sendMessage?chat_id=1`],
    ['a token of its own', () => `/bot${own}/sendMessage`, () => `/bot${secret}/sendMessage`],
    ['a token that is encoded', () => `/b%6ft${percent(own)}/sendMessage`, () => `/bot${secret}/sendMessage`],
    ['its placeholder', () => `/bot${p}/sendMessage`, () => `/bot${secret}/sendMessage`],
  ])('lets the request through with ours where the caller sent %s', async (_, path, expected) => {
    world.reset();
    expect(outcome(await world.inside(get(path())))).toBe('200');
    expect(line()).toBe(`GET ${expected()} HTTP/1.1`);
    expect(lastRecord('use')).toMatchObject({
      policy: 'bot',
      injected: ['path /bot{api}'],
      path: `/bot${mark}/sendMessage`,
    });
    expect(world.leaks()).toEqual([]);
    expect(world.proxy.written()).not.toContain(own);
  });

  it('lets a path through without it that has no place for it', async () => {
    world.reset();
    expect(outcome(await world.inside(get('/other/sendMessage')))).toBe('200');
    expect(line()).toBe('GET /other/sendMessage HTTP/1.1');
    expect(lastRecord('use')).toMatchObject({ policy: 'bot', injected: [], secrets: [] });
  });
});

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
    expect(line()).toBe(expected());
    expect(world.leaks(text)).toEqual([]);
  });

  it('is replaced in a cookie, and the others stay', async () => {
    world.reset();
    await world.inside(get('/chat/1', 'Cookie: a=1;b="2 3"', `cookie: c=3; d=${p}; e`));
    expect(cookies()).toEqual(['Cookie: a=1;b="2 3"', `cookie: c=3; d=${secret}; e`]);
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
    expect(lastRecord('refused')).toMatchObject({ path: '[holds a placeholder]' });
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
    expect(line()).toBe(`GET /maps/x?b=1&c;d=%zz&key=${encoded()} HTTP/1.1`);
  });

  it('drops every cookie of the name, in all fields', async () => {
    world.reset();
    await world.inside(get('/session/x', `Cookie: d=${own}; a=1`, `cookie: b="2; d=${own}"`, `COOKIE: D=${own}`));
    expect(cookies()).toEqual([expect.stringMatching(/^cookie: a=1$/i), `cookie: b="2; d=${secret}`]);
    expect(world.arrived()).not.toContain(own);
  });

  it('is not added for OPTIONS *, which has neither path nor query', async () => {
    const whole = await startWorld({
      yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}] }
policies:
  - name: whole
    hosts: [${api}]
    inject: [{ place: query, name: key, template: "{api}" }, { place: path, template: "/bot{api}" }]
`,
    });
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
    expect(line()).toBe(`GET ${expected()} HTTP/1.1`);
  });

  it('is added to a query as long as a request may be', async () => {
    world.reset();
    const long = 'q'.repeat(63 * 1024);
    expect(outcome(await world.inside(get(`/maps/x?a=${long}`)))).toBe('200');
    expect(line()).toBe(`GET /maps/x?a=${long}&key=${encoded()} HTTP/1.1`);
    expect(outcome(await world.inside(get(`/maps/x?a=${'q'.repeat(65 * 1024)}`)))).toBe('headers_too_large');
  });
});

describe('a destination that repeats the credential of a path, a query or a cookie', () => {
  const unescaped = (text: string): string =>
    text.replace(/%([0-9a-f]{2})|\\u00([0-9a-f]{2})|&#(\d+);/gi, (_, hex?: string, json?: string, entity?: string) =>
      String.fromCharCode(entity === undefined ? parseInt(hex ?? json ?? '', 16) : Number(entity)),
    );
  const places = {
    path: () => get('/bot/sendMessage', 'Connection: close'),
    query: () => get('/maps/x', 'Connection: close'),
    cookie: () => get('/session/x', 'Connection: close'),
  };
  const found = (...fields: string[]): string =>
    ['HTTP/1.1 302 Found', ...fields, 'Content-Length: 0', '', ''].join('\r\n');
  const sized = (type: string, body: string): string =>
    `HTTP/1.1 404 Not Found\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const echoes: [string, () => string][] = [
    ['Location, relative', () => found(`Location: /bot${secret}/x?key=${encoded()}`)],
    ['Location, absolute', () => found(`Location: https://${api}/bot${secret}/x`)],
    ['Location to another host', () => found(`Location: https://evil.example/?next=%2Fbot${percent(secret)}%2Fx`)],
    ['Location, its colon encoded', () => found(`Location: /bot${encoded()}/x`)],
    ['Content-Location', () => found(`Content-Location: /bot${secret}/x`)],
    ['Link', () => found(`Link: </bot${encoded()}/x?key=${secret}>; rel=next`)],
    ['Refresh', () => found(`Refresh: 0; url=/x?key=${encoded()}`)],
    ['Referer and Origin, echoed', () => found(`Referer: https://${api}/bot${secret}/x`, `X-Request: ${line()}`)],
    ['Set-Cookie', () => found(`Set-Cookie: d=${secret}; Path=/`)],
    [
      'an error in JSON',
      () => sized('application/json', JSON.stringify({ error: `no /bot${secret}/x`, key: encoded() })),
    ],
    [
      'an error in JSON with escapes',
      () => sized('application/json', `"${secret.replace(/[a-z:]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)}"`),
    ],
    [
      'an error in HTML',
      () => sized('text/html', `<a href="/bot${Array.from(secret, (c) => `&#${c.charCodeAt(0)};`).join('')}/x">`),
    ],
    ['the request line and cookie in text', () => sized('text/plain', `${line()}\n${cookies().join()}`)],
    ['base64', () => sized('text/plain', base64(`{"url":"/bot${secret}/x"}`))],
    ['base64 of what was encoded', () => sized('text/plain', base64(`/x?key=${encoded()}`))],
    ['hex', () => sized('text/plain', Buffer.from(secret).toString('hex'))],
    ['the status text', () => `HTTP/1.1 404 no /bot${secret}/x\r\nContent-Length: 0\r\n\r\n`],
  ];

  it.each(echoes)('gives nothing away in %s', async (_, answer) => {
    for (const request of Object.values(places)) {
      const ending: NodeJS.Timeout[] = [];
      world.reset((__, socket) => {
        ending.push(setTimeout(() => socket.end(), 20));
        return answer();
      });
      const text = await world.inside(request(), /never/);
      ending.forEach(clearTimeout);
      expect(text).toMatch(/^HTTP\/1\.1 \d{3} /);
      expect(world.leaks(text)).toEqual([]);
      expect(unescaped(unescaped(text))).not.toContain(secret);
      expect(text).not.toContain(base64(`{"url":"/bot${secret}/x"}`).slice(24, 64));
    }
  });

  it('gives nothing away in Location, of a query encoded once more', async () => {
    const next = encodeURIComponent(`/x?key=${encoded()}`);
    world.reset(() => found(`Location: /login?next=${next}`));
    const text = await world.inside(get('/maps/x'), /\r\n\r\n$/);
    expect(text).toMatch(/Location: \/login\?next=%2Fx%3Fkey%3D\*+\r\n/);
    expect(world.leaks(text)).toEqual([]);
  });

  it('is reported for each as an alarm', async () => {
    for (const request of Object.values(places)) {
      const alarms = world.proxy.alarms.length;
      world.reset(() => `HTTP/1.1 200 OK\r\nX-Echo: ${secret}\r\nContent-Length: 2\r\n\r\nok`);
      await world.inside(request());
      expect(world.proxy.alarms.slice(alarms)).toMatchObject([{ kind: 'credential_echoed' }]);
    }
    world.reset(() => ok);
  });
});
