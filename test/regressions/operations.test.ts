import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { api, get, outcome, startWorld, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld({
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}] }
deny:
  - { name: no-new-keys, hosts: [${api}], methods: [POST], paths: ["/repos/*/*/keys"] }
policies:
  - name: read
    hosts: [${api}]
    methods: [GET, POST]
    paths: [/repos/**, /user]
    inject: [{ place: header, name: x-api-key, template: "{api}" }]
limits: { drain_timeout: 300ms }
`,
  });
});
afterAll(() => world.close());

const fields = (): string[] => world.arrived().split('\r\n\r\n')[0]?.split('\r\n').slice(1) ?? [];

async function arrives(...lines: string[]): Promise<string[]> {
  world.reset();
  const text = await world.inside(get('/user', ...lines));
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  expect(fields().filter((line) => /^x-api-key:/i.test(line))).toEqual([`x-api-key: ${world.secret}`]);
  return fields().map((line) => line.toLowerCase());
}

describe('hop-by-hop abuse', () => {
  it.each([
    ['Connection: x-api-key'],
    ['Connection: X-API-KEY, close'],
    ['Connection: keep-alive\r\nConnection: x-api-key'],
    ['Proxy-Connection: x-api-key'],
    ['Connection: host, x-api-key'],
    ['X-Api-Key: mine\r\nConnection: x-api-key'],
    ['X-Api-Key: mine\r\nx-api-key: mine too'],
  ])('takes nothing away that is added, and leaves one: %j', async (lines) => {
    expect((await arrives(lines)).filter((line) => line.startsWith('host:'))).toEqual([`host: ${api}`]);
    expect(world.arrived()).not.toContain('mine');
  });

  it('strips what the caller lists and what ends at a proxy', async () => {
    const lines = await arrives(
      'Connection: x-hop, te',
      'X-Hop: 1',
      'TE: trailers',
      'Keep-Alive: timeout=9',
      'Proxy-Authorization: Basic eDp5',
      'Proxy-Connection: keep-alive',
      'Proxy-Foo: 1',
      'X-Keywright-Request-Id: forged',
      'Trailer: X-A',
    );
    expect(lines.filter((line) => /^(x-hop|te|keep-alive|proxy-|x-keywright|trailer|expect)/.test(line))).toEqual([]);
  });

  it.each([
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Proto: http',
    'X-Forwarded-Host: evil.example',
    'Forwarded: host=evil.example',
  ])('strips what a caller claims on behalf of a proxy: %s', async (line) => {
    expect(await arrives(line)).not.toContain(line.toLowerCase());
  });
});

describe('X-HTTP-Method-Override, X-Original-URL, X-Rewrite-URL', () => {
  it.each([
    'X-HTTP-Method-Override: DELETE',
    'x-http-method-override: DELETE',
    'X-HTTP-Method: DELETE',
    'X-Method-Override: DELETE',
    'X_HTTP_Method_Override: DELETE',
    'X-HTTP_Method-Override: DELETE',
    'X-Original-URL: /admin',
    'X_Original_URL: /admin',
    'X-Rewrite-URL: /admin',
    'X-Forwarded-Uri: /admin',
  ])('does not reach the destination where a method or path rule decided: %s', async (line) => {
    expect((await arrives(line)).filter((field) => /delete|admin/.test(field))).toEqual([]);
  });
});

describe('an allowed call that mints a new credential', () => {
  it.each([
    'POST /repos/a/b/keys',
    'POST /repos/a/b/keys/',
    'POST /repos/a/b/keys?x=1',
    'POST /repos/a/b/%6beys',
    'POST /repos/a/b/key%73/',
  ])('is refused by its deny rule in every spelling: %s', async (line) => {
    world.reset();
    const text = await world.inside(`${line} HTTP/1.1\r\nHost: ${api}\r\nContent-Length: 0\r\n\r\n`);
    expect(outcome(text)).toBe('denied');
    expect(world.arrived()).toBe('');
  });
});

describe('a path that reads two ways under a path rule', () => {
  it.each([
    '/repos/../admin',
    '/repos/%2e%2e/admin',
    '/repos/.%2E/admin',
    '/repos/./x',
    '/repos//x',
    '//admin',
    '/repos/x;/../../admin',
    '/repos/a;v=1',
    '/repos/a%2Fb',
    '/repos/a%2fb',
    '/repos\\..\\admin',
    '/repos/%5c..%5cadmin',
    '/repos/%252e%252e/admin',
    '/repos/%zz',
    '/repos/%c0%ae%c0%ae/admin',
    '/repos/%ef%bc%8e%ef%bc%8e/admin',
    '/repos/a%00b',
    '/repos/a%0d%0ax',
    '/repos/..%20/admin',
    '/repos/\xff',
  ])('is refused: %j', async (path) => {
    world.reset();
    const text = await world.inside(get(path));
    expect(['bad_path', 'bad_request']).toContain(outcome(text));
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(world.arrived()).toBe('');
  });

  it.each([
    ['OPTIONS *', 'no_policy'],
    ['OPTIONS https://api.example.com', 'no_policy'],
    ['GET *', 'bad_request'],
    ['DELETE /user', 'no_policy'],
    ['POST /user/keys', 'no_policy'],
    ['GET /User', 'no_policy'],
    ['PATCH /repos/a', 'no_policy'],
    ['GET /admin', 'no_policy'],
  ])('and what is not named is refused: %s', async (line, code) => {
    world.reset();
    expect(outcome(await world.inside(`${line} HTTP/1.1\r\nHost: ${api}\r\n\r\n`))).toBe(code);
    expect(world.arrived()).toBe('');
  });

  it('goes on as it was sent where it reads one way', async () => {
    world.reset();
    await world.inside(get('/repos/%61%3A/b%20c?d=%2F..'));
    expect(world.arrived()).toMatch(/^GET \/repos\/%61%3A\/b%20c\?d=%2F\.\. HTTP/);
  });
});
