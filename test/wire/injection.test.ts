import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { generatedSecret, startProxy, type TestProxy } from '../support/proxy.js';

const secret = generatedSecret();
let origin: Origin;
let proxy: TestProxy;

beforeAll(async () => {
  const authority = testAuthority();
  origin = await startOrigin(authority, ['api.example.com'], (incoming, response) => {
    if (incoming.url === '/echo') {
      response.writeHead(200, `Hello ${secret}`, { 'x-echo': `token ${secret}`, trailer: 'x-last' });
      response.write(`before ${secret.slice(0, 5)}`);
      setImmediate(() => {
        response.write(`${secret.slice(5)} after`);
        response.addTrailers({ 'x-last': secret });
        response.end();
      });
    } else if (incoming.url === '/gzip') {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end('not really');
    } else if (incoming.url === '/cookie') {
      response.writeHead(200, {
        'set-cookie': 'session=1',
        'alt-svc': 'h3=":443"',
        'x-keywright-request-id': 'forged',
      });
      response.end('ok');
    } else {
      response.end('ok');
    }
  });
  proxy = await startProxy({
    origins: { 'api.example.com:443': origin.port },
    authority,
    environment: { TOKEN: secret },
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [api.example.com], placeholder: "ghp_<36 alnum>" }
policies:
  - name: basic
    hosts: [api.example.com]
    paths: [/basic]
    inject: [{ place: basic, username: "x", password: "{api}", mode: substitute }]
  - name: substitute
    hosts: [api.example.com]
    paths: [/substitute]
    inject: [{ place: header, name: authorization, template: "Bearer {api}", mode: substitute }]
  - name: set
    hosts: [api.example.com]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
`,
  });
});

afterAll(async () => {
  await proxy.close();
  await origin.close();
});

async function get(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; headers: Record<string, unknown> }> {
  const dispatcher = proxy.agent();
  const {
    statusCode,
    body,
    headers: answered,
  } = await request(`https://api.example.com${path}`, { dispatcher, headers });
  const text = await body.text();
  await dispatcher.close();
  return { status: statusCode, text, headers: answered };
}

function arrived(): { headers: Record<string, string>; url: string } {
  const last = origin.seen.at(-1);
  const headers: Record<string, string> = {};
  for (let i = 0; i < (last?.rawHeaders.length ?? 0); i += 2) {
    headers[(last?.rawHeaders[i] ?? '').toLowerCase()] = last?.rawHeaders[i + 1] ?? '';
  }
  return { headers, url: last?.url ?? '' };
}

describe('a credential on its way out', () => {
  it('is set, and what the client sent at that place is dropped', async () => {
    const { status } = await get('/plain?q=1', { authorization: 'Bearer mine' });
    expect(status).toBe(200);
    expect(arrived().headers['authorization']).toBe(`Bearer ${secret}`);
    expect(arrived().url).toBe('/plain?q=1');
  });

  it('never takes the proxy credentials along', async () => {
    await get('/plain');
    expect(Object.keys(arrived().headers).filter((name) => name.startsWith('proxy-'))).toEqual([]);
  });

  it('cannot be listed away by Connection', async () => {
    await get('/plain', { 'x-other': '1' });
    expect(arrived().headers['authorization']).toBe(`Bearer ${secret}`);
  });

  it('is substituted where the placeholder stands, whatever the scheme around it', async () => {
    const placeholder = proxy.placeholders.of('desk', 'api') ?? '';
    await get('/substitute', { authorization: `token ${placeholder}` });
    expect(arrived().headers['authorization']).toBe(`token ${secret}`);
  });

  it('is not added in mode substitute where the client sent its own', async () => {
    await get('/substitute', { authorization: 'Bearer mine' });
    expect(arrived().headers['authorization']).toBe('Bearer mine');
  });

  it('is substituted inside the base64 of Basic', async () => {
    const placeholder = proxy.placeholders.of('desk', 'api') ?? '';
    await get('/basic', { authorization: `Basic ${Buffer.from(`u:${placeholder}`).toString('base64')}` });
    expect(arrived().headers['authorization']).toBe(`Basic ${Buffer.from(`u:${secret}`).toString('base64')}`);
  });

  it('is refused for a request that a browser makes across sites', async () => {
    const before = origin.seen.length;
    const { status, text } = await get('/plain', { 'sec-fetch-site': 'cross-site' });
    expect(status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'cross_site' } });
    expect(origin.seen).toHaveLength(before);
  });

  it('asks for an answer that can be searched', async () => {
    await get('/plain', { 'accept-encoding': 'gzip;q=0.9, dcb, br' });
    expect(arrived().headers['accept-encoding']).toBe('gzip;q=0.9, br');
    await get('/plain');
    expect(arrived().headers['accept-encoding']).toBe('identity');
  });
});

describe('a placeholder where it does not belong', () => {
  const places: [string, (placeholder: string) => { path: string; headers: Record<string, string> }][] = [
    ['another header', (p: string) => ({ path: '/substitute', headers: { 'x-other': p } })],
    ['the query', (p: string) => ({ path: `/substitute?key=${p}`, headers: {} })],
    [
      'the query, percent-encoded',
      (p: string) => ({ path: `/substitute?key=%67${p.slice(1).replace('0', '%30')}`, headers: {} }),
    ],
    [
      'a header in base64',
      (p: string) => ({ path: '/substitute', headers: { 'x-other': Buffer.from(`ab${p}`).toString('base64') } }),
    ],
  ];

  it.each(places)('is refused in %s, and nothing is sent', async (_, build) => {
    const before = origin.seen.length;
    const { path, headers } = build(proxy.placeholders.of('desk', 'api') ?? '');
    const { status, text } = await get(path, headers);
    expect(status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'placeholder_misplaced' } });
    expect(origin.seen).toHaveLength(before);
  });

  it('is refused in a request body', async () => {
    const dispatcher = proxy.agent();
    const { statusCode, body } = await request('https://api.example.com/plain', {
      dispatcher,
      method: 'POST',
      body: JSON.stringify({ key: proxy.placeholders.of('desk', 'api') }),
    });
    expect(statusCode).toBe(403);
    expect(await body.json()).toMatchObject({ error: { code: 'placeholder_misplaced' } });
    await dispatcher.close();
  });
});

describe('an answer on its way back', () => {
  it('shows the secret nowhere: status text, headers, body split anywhere', async () => {
    const { status, text, headers } = await get('/echo');
    const mask = '*'.repeat(secret.length);
    expect(status).toBe(200);
    expect(text).toBe(`before ${mask} after`);
    expect(headers['x-echo']).toBe(`token ${mask}`);
    expect(JSON.stringify(headers)).not.toContain(secret);
  });

  it('is refused in a coding that cannot be searched', async () => {
    const { status, text } = await get('/gzip');
    expect(status).toBe(502);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'response_coding' } });
  });

  it('loses cookies, Alt-Svc and a forged request id', async () => {
    const { headers } = await get('/cookie');
    expect(Object.keys(headers).filter((name) => /set-cookie|alt-svc|x-keywright/.test(name))).toEqual([]);
  });
});

describe('the audit', () => {
  it('has one use and one end for each request, names but no values', async () => {
    const before = proxy.records().length;
    await get('/plain?with=query');
    const [use, end] = proxy.records().slice(before);
    expect(use).toMatchObject({
      kind: 'use',
      client: 'desk',
      method: 'GET',
      scheme: 'https',
      host: 'api.example.com',
      port: 443,
      path: '/plain',
      policy: 'set',
      decision: 'allow',
      injected: ['header authorization'],
      upstream_address: '127.0.0.1',
      vetting: 'static',
    });
    expect(use?.['secrets']).toMatchObject([{ name: 'api', backend: 'env' }]);
    expect(end).toMatchObject({ kind: 'end', id: use?.id, code: 'ok', status: 200, masked: 0, bytes_out: 2 });
    expect(proxy.records()).toHaveLength(before + 2);
  });

  it('counts what was masked', async () => {
    await get('/echo');
    expect(proxy.records().at(-1)).toMatchObject({ kind: 'end', masked: 4 });
  });

  it('never holds the secret, the placeholder or the proxy password', () => {
    const written = proxy.written();
    expect(written.length).toBeGreaterThan(1000);
    expect(written).not.toContain(secret);
    expect(written).not.toContain(proxy.placeholders.of('desk', 'api'));
    expect(written).not.toContain(proxy.authorization);
  });
});
