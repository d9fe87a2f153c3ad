import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cookieLines, percent, requestLine, startHeads } from './heads.js';
import { api, get, ok, type World } from './world.js';

let world: World;
let secret: string;

beforeAll(async () => {
  world = await startHeads();
  ({ secret } = world);
});
afterAll(() => world.close());

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const encoded = (): string => encodeURIComponent(secret);

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
    [
      'Referer and Origin, echoed',
      () => found(`Referer: https://${api}/bot${secret}/x`, `X-Request: ${requestLine(world)}`),
    ],
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
    [
      'the request line and cookie in text',
      () => sized('text/plain', `${requestLine(world)}\n${cookieLines(world).join()}`),
    ],
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
