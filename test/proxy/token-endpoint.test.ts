import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { answerOf, openHttp2 } from '../support/http2-caller.js';
import { api, inTime, startWorld, type World } from '../regressions/world.js';

/** The endpoint is at the destination that would answer everything: nothing may arrive there. */
const policies = `
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}] }
  part: { from: env, name: TOKEN, hosts: [login.example.com] }
  consent: { from: env, name: TOKEN, hosts: [login.example.com] }
  other: { from: env, name: TOKEN, hosts: [${api}] }
  gone: { from: env, name: GONE, hosts: [${api}] }
policies:
  - { name: token, hosts: [${api}], paths: [/token], token_endpoint: { secret: api, scope: read } }
  - name: told
    hosts: [${api}]
    paths: [/told]
    token_endpoint:
      secret: api
      asked_with: part
      scope: first
      others: [{ secret: other, asked_with: consent, scope: second }]
  - { name: gone, hosts: [${api}], paths: [/gone], token_endpoint: { secret: gone } }
  - name: api
    hosts: [${api}]
    inject:
      - { place: header, name: authorization, template: "Bearer {api}", mode: substitute }
      - { place: header, name: x-other, template: "{other}", mode: substitute }
      - { place: header, name: x-gone, template: "{gone}", mode: substitute }
limits: { drain_timeout: 300ms }
`;

let world: World;
beforeAll(async () => {
  world = await startWorld({ yaml: policies });
});
afterAll(() => inTime(world.close(), 4000));
beforeEach(() => world.reset());

const whole = /\}\n$/;
const form = 'Content-Type: application/x-www-form-urlencoded';

function post(content: string, lines: readonly string[] = [form], path = '/token'): string {
  const head = [`POST ${path} HTTP/1.1`, `Host: ${api}`, `Content-Length: ${Buffer.byteLength(content)}`, ...lines];
  return `${[...head, '', ''].join('\r\n')}${content}`;
}

const ask = (bytes: string): Promise<string> => world.inside(bytes, whole);
const jsonOf = (text: string): Record<string, unknown> =>
  JSON.parse(text.slice(text.lastIndexOf('\r\n\r\n'))) as Record<string, unknown>;
const own = (secret: string): string => world.proxy.placeholders.of('desk', secret)!;
const records = (): readonly Readonly<Record<string, unknown>>[] =>
  world.proxy.records().filter(({ kind }) => ['use', 'end', 'refused'].includes(kind));

/** Refused as SDKs of OAuth read it, by nobody but Keywright, and with exactly one record. */
async function refused(bytes: string, status: number, code: string, error = 'invalid_request'): Promise<string> {
  const before = records().length;
  const text = await ask(bytes);
  expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(jsonOf(text)).toMatchObject({ error });
  expect(jsonOf(text)['error_description']).toContain(code);
  expect(world.arrived()).toBe('');
  // The end of one before may come late; one of this would have its use.
  expect(
    records()
      .slice(before)
      .filter(({ kind }) => kind !== 'end'),
  ).toMatchObject([{ kind: 'refused', code }]);
  expect(world.leaks(text)).toEqual([]);
  return text;
}

describe('a request for a token is refused', () => {
  it.each(['GET', 'PUT', 'OPTIONS', 'DELETE'])('by %s', async (method) => {
    const text = await refused(`${method} /token HTTP/1.1\r\nHost: ${api}\r\n\r\n`, 405, 'method_refused');
    expect(text).toMatch(/\r\nallow: POST\r\n/);
  });

  it('by HEAD, without a body', async () => {
    const text = await world.inside(`HEAD /token HTTP/1.1\r\nHost: ${api}\r\n\r\n`, /\r\n\r\n$/);
    expect(text).toMatch(/^HTTP\/1\.1 405 /);
    expect(text).not.toContain('invalid_request');
  });

  it('that has no grant', () => refused(post('a=b'), 400, 'token_request'));

  it('that is larger than any, with its length told or not', async () => {
    const big = `grant_type=${'a'.repeat(65_600)}`;
    await refused(post(big), 413, 'body_too_large');
    const chunked = `POST /token HTTP/1.1\r\nHost: ${api}\r\nTransfer-Encoding: chunked\r\n${form}\r\n\r\n`;
    await refused(`${chunked}${big.length.toString(16)}\r\n${big}\r\n0\r\n\r\n`, 413, 'body_too_large');
  });

  it.each(['Sec-Fetch-Site: cross-site', 'Origin: https://evil.example'])('of a page elsewhere (%s)', (line) =>
    refused(post('grant_type=client_credentials', [form, line]), 403, 'cross_site'),
  );

  it('with the placeholder of a stranger in its head', () => {
    const strange = own('part').replace(/.{4}$/, '0000');
    return refused(post('grant_type=a', [form, `X-Key: ${strange}`]), 403, 'placeholder_misplaced');
  });

  it('with its own placeholder in its URL', async () => {
    const alarms = world.proxy.alarms.length;
    await refused(post('grant_type=a', [form], `/token?refresh_token=${own('part')}`), 403, 'placeholder_misplaced');
    expect(world.proxy.alarms.slice(alarms)).toMatchObject([{ kind: 'placeholder_misplaced', client: 'desk' }]);
  });

  it('for a secret that cannot be had', () =>
    refused(post('grant_type=a', [form], '/gone'), 503, 'secret_unavailable', 'temporarily_unavailable'));

  it('by somebody unknown, like every request', async () => {
    const text = await world.ask(
      `POST http://${api}/token HTTP/1.1\r\nHost: ${api}\r\nContent-Length: 0\r\n\r\n`,
      whole,
    );
    expect(text).toMatch(/^HTTP\/1\.1 407 /);
  });

  it('and the connection goes on where that is possible', async () => {
    const text = await world.inside(
      `GET /token HTTP/1.1\r\nHost: ${api}\r\n\r\n${post('grant_type=client_credentials')}`,
      /access_token[^\0]*\}\n$/,
    );
    expect(text.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 405', 'HTTP/1.1 200']);
  });
});

describe('a request for a token is answered with a placeholder, and goes nowhere', () => {
  const given = (): object => ({ access_token: own('api'), token_type: 'Bearer', expires_in: 3600, scope: 'read' });

  it.each([
    ['by client credentials', 'grant_type=client_credentials'],
    ['by a refresh token', () => `grant_type=refresh_token&refresh_token=${own('part')}&client_secret=${own('part')}`],
    ['by an assertion', 'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=a.b.c'],
  ])('%s', async (_, content) => {
    const text = await ask(post(typeof content === 'string' ? content : content()));
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toMatch(/\r\ncache-control: no-store\r\npragma: no-cache\r\n/);
    expect(jsonOf(text)).toEqual(given());
    expect(world.arrived()).toBe('');
    expect(text).not.toContain(world.secret);
  });

  it('by client credentials in Basic, in pieces, with an Expect', async () => {
    const basic = Buffer.from(`id:${own('part')}`).toString('base64');
    const text = await ask(
      `POST /token HTTP/1.1\r\nHost: ${api}\r\nAuthorization: Basic ${basic}\r\nExpect: 100-continue\r\n` +
        `${form}\r\nTransfer-Encoding: chunked\r\n\r\n7\r\ngrant_t\r\n6\r\nype=ab\r\n0\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(jsonOf(text)).toEqual(given());
  });

  it('in HTTP/2, the refusals too', async () => {
    const session = await openHttp2(world.proxy, `${api}:443`);
    const request = (method: string, content?: string): ReturnType<typeof answerOf> => {
      const type = 'application/x-www-form-urlencoded';
      const stream = session.request({ ':method': method, ':path': '/token', 'content-type': type });
      stream.end(content);
      return answerOf(stream);
    };
    const [good, bad, wrong] = await Promise.all([
      request('POST', 'grant_type=client_credentials'),
      request('POST', 'a=b'),
      request('GET'),
    ]);
    session.close();
    expect(good).toMatchObject({ status: 200, headers: { 'content-type': 'application/json', pragma: 'no-cache' } });
    expect(JSON.parse(good.body)).toEqual(given());
    expect(bad.status).toBe(400);
    expect(JSON.parse(bad.body)).toMatchObject({ error: 'invalid_request' });
    expect(wrong).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(world.arrived()).toBe('');
  });

  it('one after the other on a connection, and the placeholder then is the token', async () => {
    const get = `GET /me HTTP/1.1\r\nHost: ${api}\r\nAuthorization: Bearer ${own('api')}\r\n\r\n`;
    const text = await world.inside(`${post('grant_type=a')}${post('grant_type=b')}${get}`, /ok$/);
    expect(text.match(/^HTTP\/1\.1 \d+/gm)).toEqual(Array(3).fill('HTTP/1.1 200'));
    expect(world.arrived()).toContain(`Authorization: Bearer ${world.secret}\r\n`);
    expect(world.arrived()).toMatch(/^GET \/me /);
  });

  it('with one use that names the secret and says that nothing was sent, and one end', async () => {
    const before = records().length;
    await ask(post('grant_type=client_credentials'));
    // The end is written behind the answer, and before the next one.
    await ask(post('grant_type=client_credentials'));
    expect(records().slice(before, before + 2)).toMatchObject([
      {
        kind: 'use',
        policy: 'token',
        decision: 'answer',
        path: '/token',
        secrets: [{ name: 'api', backend: 'env' }],
        injected: [],
        upstream_address: '',
        vetting: 'nothing sent',
      },
      { kind: 'end', code: 'ok', status: 200 },
    ]);
    expect(world.proxy.written()).not.toContain(own('api'));
  });
});

describe('of two accounts at one endpoint', () => {
  const grant = 'grant_type=refresh_token&refresh_token=';
  const basicOf = (password: string): string =>
    `Authorization: Basic ${Buffer.from(`app:${password}`).toString('base64')}`;

  it.each<[string, () => string]>([
    ['neither is shown', () => post(`${grant}nothing`, undefined, '/told')],
    ['a stranger is', () => post(grant + own('part').replace(/.{4}$/, '0000'), undefined, '/told')],
    ['one is shown within other text', () => post(`${grant}x${own('part')}`, undefined, '/told')],
    ['both are shown', () => post(`${grant}${own('part')}&client_secret=${own('consent')}`, undefined, '/told')],
    ['both are shown, one as a password', () => post(grant + own('part'), [form, basicOf(own('consent'))], '/told')],
    [
      'one is shown as a user name',
      () => post(grant, [form, `Authorization: Basic ${Buffer.from(`${own('part')}:x`).toString('base64')}`], '/told'),
    ],
  ])('none is taken where %s', (_, bytes) => refused(bytes(), 400, 'token_request'));

  it.each<[string, string, () => string]>([
    ['first', 'api', () => post(grant + encodeURIComponent(own('part')), undefined, '/told')],
    ['second', 'other', () => post(grant + encodeURIComponent(own('consent')), undefined, '/told')],
    ['first', 'api', () => post('grant_type=client_credentials', [form, basicOf(own('part'))], '/told')],
    [
      'second',
      'other',
      () => post('grant_type=client_credentials', [form, basicOf(encodeURIComponent(own('consent')))], '/told'),
    ],
    [
      'second',
      'other',
      () =>
        post(
          JSON.stringify({ grant_type: 'x', client_secret: own('consent') }),
          ['Content-Type: application/json'],
          '/told',
        ),
    ],
  ])('the %s is, by what was shown (%s)', async (scope, secret, bytes) => {
    expect(jsonOf(await ask(bytes()))).toMatchObject({ access_token: own(secret), scope });
    expect(world.arrived()).toBe('');
    const uses = records().filter(({ kind }) => kind === 'use');
    expect(uses.at(-1)).toMatchObject({ secrets: [{ name: secret }] });
  });
});
