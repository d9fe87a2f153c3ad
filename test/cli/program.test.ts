import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generatedSecret } from '../support/proxy.js';
import { say } from './terminal.js';

const secret = generatedSecret();
let home: string;
let config: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'keywright-cli-'));
  config = join(home, 'keywright.yaml');
  writeFileSync(
    config,
    `version: 1
secrets:
  api: { from: env, name: TOKEN, hosts: [api.example.com], placeholder: "ghp_<36 alnum>" }
  other: { from: env, name: OTHER, hosts: [api.example.com] }
clients:
  - { name: desk, token_sha256: ${'ab'.repeat(32)} }
deny:
  - { name: no-keys, hosts: [api.example.com], paths: ["/keys/**"] }
policies:
  - name: read
    hosts: [api.example.com]
    methods: [GET]
    inject: [{ place: header, name: authorization, template: "Bearer {api}", mode: substitute }]
  - { name: packages, hosts: [packages.example.com], action: tunnel }
  - { name: login, hosts: [login.example.com], paths: [/token], token_endpoint: { secret: api } }
`,
    { mode: 0o600 },
  );
});

afterAll(() => rmSync(home, { recursive: true }));

describe('the program', () => {
  it.each([
    [[], 2],
    [['nonsense'], 2],
    [['check', '--nonsense'], 2],
    [['run'], 2],
    [['run', 'true'], 2],
    [['--help'], 0],
    [['run', '--help'], 0],
    [['--version'], 0],
  ] as [string[], number][])('called with %j exits with %d', async (args, code) => {
    expect(await say(args, home)).toMatchObject({ code });
  });

  it('never reads a configuration of the current folder', async () => {
    expect(await say(['check'], join(home, 'elsewhere'))).toMatchObject({
      code: 2,
      error: expect.stringMatching(/there is no configuration/) as unknown as string,
    });
  });

  it('reads the one in the configuration folder of the user', async () => {
    const folder = join(home, 'xdg', 'keywright');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'keywright.yaml'), 'version: 1\n', { mode: 0o600 });
    expect(await say(['check'], home, { XDG_CONFIG_HOME: join(home, 'xdg') })).toMatchObject({ code: 0 });
  });

  it('tells where a mistake in the configuration is', async () => {
    const wrong = join(home, 'wrong.yaml');
    writeFileSync(wrong, 'version: 1\npolices: []\n', { mode: 0o600 });
    const { code, error } = await say(['check', '--config', wrong], home);
    expect(code).toBe(2);
    expect(error).toMatch(/wrong\.yaml:2:1: .*polices.*policies/);
  });
});

describe('check', () => {
  it('says which secrets are there and which are not, and shows none', async () => {
    const { code, out, error } = await say(['check', '--config', config], home, { TOKEN: secret });
    expect(code).toBe(1);
    expect(out).toMatch(/there +secret api\n/);
    expect(out).toMatch(/MISSING secret other: .*the variable OTHER is not set/);
    expect(out + error).not.toContain(secret);
  });

  it('is content where all is there, or where it is not to look', async () => {
    expect(await say(['check', '--config', config], home, { TOKEN: secret, OTHER: secret })).toMatchObject({ code: 0 });
    expect(await say(['check', '--offline', '--config', config], home)).toMatchObject({ code: 0 });
  });
});

describe('explain', () => {
  const ask = (...args: string[]) => say(['explain', ...args, '--config', config], home);

  it('names the policy that allows, and what would go where', async () => {
    const placeholder = (await say(['placeholder', 'api', '--client', 'desk', '--config', config], home)).out.trim();
    const { code, out } = await ask(
      'GET',
      'https://api.example.com/x',
      '--header',
      `Authorization: Bearer ${placeholder}`,
    );
    expect(code).toBe(0);
    expect(out).toMatch(/→ policy read: matches/);
    expect(out).toMatch(/api → header authorization \(substitute\)/);
  });

  it('names the line that would allow what no policy does', async () => {
    const { code, out } = await ask('POST', 'https://api.example.com/x');
    expect(code).toBe(1);
    expect(out).toMatch(/policy read: is for other methods/);
    expect(out).toContain('methods: ["POST"], paths: ["/x"]');
  });

  it.each([
    ['GET', 'https://api.example.com/keys/1', /deny no-keys: matches[^]*\(denied\)/],
    ['GET', 'https://api.example.com/a%2Fb', /\(bad_path\)/],
    ['GET', 'https://unknown.example.com/', /\(no_policy\)/],
  ])('%s %s is refused', async (method, url, expected) => {
    const { code, out } = await ask(method, url);
    expect(code).toBe(1);
    expect(out).toMatch(expected);
  });

  it('says that a placeholder at the wrong place is refused', async () => {
    const placeholder = (await say(['placeholder', 'api', '--client', 'desk', '--config', config], home)).out.trim();
    const { code, out } = await ask('GET', `https://api.example.com/x?key=${placeholder}`);
    expect(code).toBe(1);
    expect(out).toMatch(/placeholder_misplaced/);
  });

  it('says that a request for a token goes nowhere, and is answered with a placeholder', async () => {
    const { code, out } = await ask('POST', 'https://login.example.com/token');
    expect(code).toBe(0);
    expect(out).toMatch(/→ policy login: matches[^]*api → its placeholder is the answer: the request goes nowhere/);
    const json = await ask('POST', 'https://login.example.com/token', '--json');
    expect(JSON.parse(json.out)).toMatchObject({ outcome: 'allow', placeholderFor: 'api', injections: [] });
    expect(await ask('GET', 'https://login.example.com/token')).toMatchObject({
      code: 1,
      out: expect.stringContaining('method_refused'),
    });
  });

  it('says that a tunnel is passed unread', async () => {
    expect(await ask('GET', 'https://packages.example.com/')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/unread/) as unknown as string,
    });
  });
});

describe('client and placeholder', () => {
  it('make a token of which only the hash is to be kept', async () => {
    const { out } = await say(['client', 'add', 'agent', '--json'], home);
    const { token, token_sha256: hash } = JSON.parse(out) as { token: string; token_sha256: string };
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(createHash('sha256').update(token).digest('hex')).toBe(hash);
  });

  it.each(['', 'a b', '-x', 'a'.repeat(65), 'a:b'])('refuse the client name %j', async (name) => {
    expect(await say(['client', 'add', '--', name], home)).toMatchObject({ code: 2 });
  });

  it('give the same placeholder each time, of the shape asked for, from a key of mode 0600', async () => {
    const once = await say(['placeholder', 'api', '--client', 'desk', '--config', config], home);
    const twice = await say(['placeholder', 'api', '--client', 'desk', '--config', config], home);
    expect(once.out).toMatch(/^ghp_[A-Za-z0-9]{36}\n$/);
    expect(twice.out).toBe(once.out);
    const key = join(home, '.local/state/keywright/placeholder.key');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(once.out).not.toContain(readFileSync(key, 'utf8').trim());
  });

  it('know no placeholder for an unknown client or secret', async () => {
    expect(await say(['placeholder', 'api', '--client', 'nobody', '--config', config], home)).toMatchObject({
      code: 1,
    });
    expect(await say(['placeholder', 'nothing', '--client', 'desk', '--config', config], home)).toMatchObject({
      code: 1,
    });
  });
});
