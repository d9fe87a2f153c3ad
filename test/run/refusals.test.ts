import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ended, keywrightRun, startKeywright, type Ended, type RunOptions } from '../support/run.js';

jest.setTimeout(30_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-refusals-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const secret = randomBytes(20).toString('hex');
const token = `ghp_${randomBytes(18).toString('hex')}`;

/** Runs a child that leaves a trace of having been started. */
async function tried(
  options: Omit<RunOptions, 'folder'> = {},
  ...args: string[]
): Promise<Ended & { started: boolean }> {
  const trace = join(folder, 'started');
  const outcome = await keywrightRun(['sh', '-c', `: > '${trace}'; exec env`, 'sh', ...args], { folder, ...options });
  return { ...outcome, started: existsSync(trace) };
}

function written(name: string, text: string): string {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}

/** One line for the user, which begins as every message of Keywright's does. */
function expectOneSentence(stderr: string, pattern: RegExp): void {
  expect(stderr).toMatch(/^keywright: [^\n]+\.\n$/);
  expect(stderr).toMatch(pattern);
}

describe('what looks like a secret and belongs to nothing known', () => {
  it.each([
    ['a variable by name and value', { ACME_SECRET_KEY: secret }, [], 'ACME_SECRET_KEY'],
    [
      'a variable by the shape of its value',
      { INNOCENT: `xoxb-${'1'.repeat(12)}-${secret.slice(0, 24)}` },
      [],
      'INNOCENT',
    ],
    ['an argument', {}, ['--api-key', secret], 'argument 5'],
    ['an argument with its name before an equals sign', {}, [`--api-key=${secret}`], 'argument 4'],
  ])('keeps the child from starting and is named, never shown: %s', async (_, environment, args, where) => {
    const { code, stdout, stderr, started } = await tried({ environment: environment }, ...args);
    expect({ code, stdout, started }).toEqual({ code: 1, stdout: '', started: false });
    expect(stderr).toContain(`${where}: `);
    expect(stderr).toContain(`--pass ${where.replace(' ', ':')}`);
    expect(stderr).not.toContain(secret.slice(0, 24));
  });

  it('is handed over where --pass names it, and the guarantee says so', async () => {
    const environment = { ACME_SECRET_KEY: secret };
    const { code, stdout, stderr } = await tried({ environment, options: ['--pass', 'ACME_SECRET_KEY'] });
    expect(code).toBe(0);
    expect(stdout).toContain(`ACME_SECRET_KEY=${secret}\n`);
    expect(stderr).toContain('handed over unprotected: ACME_SECRET_KEY');
    expect(stderr).not.toContain(secret);
  });

  it('is not handed over where --pass names another', async () => {
    const environment = { ACME_SECRET_KEY: secret, OTHER: 'x' };
    expect(await tried({ environment, options: ['--pass', 'OTHER'] })).toMatchObject({ code: 1, started: false });
  });
});

describe('--vars', () => {
  it('its variables go to the child, a secret among them as a placeholder', async () => {
    const file = written('some.env', `GITHUB_TOKEN=${token}\nPLAIN='two words'\n`);
    const { code, stdout, stderr } = await tried({ options: ['--vars', file] });
    expect(code).toBe(0);
    expect(stdout).toContain('PLAIN=two words\n');
    expect(stdout).toMatch(/^GITHUB_TOKEN=ghp_\w{36}$/m);
    expect(stdout + stderr).not.toContain(token);
  });

  it('that is not there: one sentence, exit code 2, nothing started', async () => {
    const { code, stderr, started } = await tried({ options: ['--vars', join(folder, 'none.env')] });
    expect({ code, started }).toEqual({ code: 2, started: false });
    expectOneSentence(stderr, /none\.env" of --vars does not exist\.$/m);
  });
});

describe('a secret that the configuration names and that is missing', () => {
  it('is said before the child starts, exit code 1', async () => {
    const config = written('keywright.yaml', withSecret('from: env, name: ACME_TOKEN'));
    const { code, stderr, started } = await tried({ config });
    expect({ code, started }).toEqual({ code: 1, started: false });
    expectOneSentence(stderr, /the program was not started: secret acme: the variable ACME_TOKEN is not set\.$/m);
  });

  it('in a file likewise, and the child starts as soon as it is there', async () => {
    const config = written('keywright.yaml', withSecret('from: file, path: ./acme.token'));
    expect(await tried({ config })).toMatchObject({ code: 1, started: false });
    written('acme.token', secret);
    const { code, stdout, stderr, started } = await tried({ config });
    expect({ code, started, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, started: true, stderr: '' });
    expect(stdout + stderr).not.toContain(secret);
  });
});

function withSecret(source: string): string {
  return `version: 1
secrets:
  acme: { ${source}, hosts: [api.acme.example] }
policies:
  - { name: acme, hosts: [api.acme.example], inject: [{ place: header, name: authorization, template: "Bearer {acme}" }] }
audit: [{ type: file, dir: ./audit }]
`;
}

describe('a mistake on the command line or in the configuration: exit code 2, nothing started', () => {
  it.each([
    ['an unknown option', ['--bogus'], /Unknown option '--bogus'/],
    ['an option without its value', ['--pass'], /--pass/],
    [
      'a client that the configuration does not have',
      ['--client', 'desk'],
      /no client of the name that --client gives/,
    ],
  ])('%s', async (_, options, pattern) => {
    const { code, stderr, started } = await tried({ options });
    expect({ code, started }).toEqual({ code: 2, started: false });
    expectOneSentence(stderr, pattern);
  });

  it('no command', async () => {
    const { code, stderr } = await ended(startKeywright(['run'], { folder }));
    expect(code).toBe(2);
    expectOneSentence(stderr, /say which program after two hyphens/);
  });

  it('a configuration that is not there', async () => {
    const { code, stderr, started } = await tried({ config: join(folder, 'none.yaml') });
    expect({ code, started }).toEqual({ code: 2, started: false });
    expectOneSentence(stderr, /none\.yaml .*does not exist\.$/m);
  });

  it('every one of several, each with line, column, what was found and what is allowed', async () => {
    const config = written('keywright.yaml', `version: 1\npolices: []\nlimits: { connections: many }\ncolour: red\n`);
    const { code, stderr, started } = await tried({ config });
    expect({ code, started }).toEqual({ code: 2, started: false });
    expect(stderr).toMatch(/keywright\.yaml:2:1: .*polices.*policies/);
    expect(stderr).toMatch(/keywright\.yaml:3:\d+: /);
    expect(stderr).toMatch(/keywright\.yaml:4:1: .*colour/);
  });

  it('a configuration in the current folder is not read at all', async () => {
    written('keywright.yaml', 'this: [is, no, configuration');
    expect(await tried({ cwd: folder })).toMatchObject({ code: 0, started: true });
  });

  it('a certificate file that is not there', async () => {
    const text =
      'version: 1\ndestinations:\n  api.github.com: { ca_file: ./none.pem }\naudit: [{ type: file, dir: ./audit }]\n';
    const config = written('keywright.yaml', text);
    const { code, stderr, started } = await tried({ config, environment: { GITHUB_TOKEN: token } });
    expect(code).toBeGreaterThan(0);
    expect(started).toBe(false);
    expectOneSentence(stderr, /none\.pem is missing or cannot be read\.$/m);
  });
});

describe('serve', () => {
  function served(lines: string): Promise<Ended> {
    const config = written(
      'keywright.yaml',
      `version: 1\nunsafe_anonymous: true\naudit: [{ type: file, dir: ./audit }]\n${lines}\n`,
    );
    return ended(startKeywright(['serve', '--log', 'silent', '--config', config], { folder }));
  }

  it('says in one sentence that a port is in use: exit code 2', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await served(`listen: { proxy: ["127.0.0.1:${port}"] }\nca: { mode: memory }`);
    other.close();
    expect(code).toBe(2);
    expectOneSentence(stderr, new RegExp(`cannot listen on 127.0.0.1:${port}: another program listens there`));
  });

  const ownCa = 'ca: { mode: files, cert_file: ./ca.pem, key_file: ./ca-key.pem }';
  const madeCa = 'ca: { mode: generate, dir: . }';
  it.each([
    ['is not there', ownCa, [], /ca\.pem is missing/],
    ['cannot be read', ownCa, ['ca.pem/', 'ca-key.pem/'], /ca\.pem cannot be read \(EISDIR\)/],
    ['holds something else', ownCa, ['ca.pem', 'ca-key.pem'], /ca\.pem holds no certificate in PEM/],
    ['lost its key', madeCa, ['ca.pem'], /ca-key\.pem is missing though/],
    ['lost its certificate', madeCa, ['ca-key.pem'], /ca\.pem is missing though/],
  ])('says in one sentence that the CA %s, and makes none in its place', async (_, ca, files, pattern) => {
    for (const name of files) {
      if (name.endsWith('/')) mkdirSync(join(folder, name));
      else written(name, 'something else');
    }
    const { code, stderr } = await served(`listen: { proxy: ["127.0.0.1:0"] }\n${ca}`);
    expect(code).toBeGreaterThan(0);
    expectOneSentence(stderr, pattern);
    const there = ['ca.pem', 'ca-key.pem'].filter((name) => existsSync(join(folder, name)));
    expect(there).toEqual(files.map((name) => name.replace('/', '')));
    for (const name of files.filter((file) => !file.endsWith('/'))) {
      expect(readFileSync(join(folder, name), 'utf8')).toBe('something else');
    }
  });
});
