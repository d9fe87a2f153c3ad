import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadConfig, parseConfig, parseGenerated } from '../../src/config/load.js';
import { ConfigError } from '../../src/config/problem.js';
import { defaultLimits } from '../../src/core/limits.js';
import { UsageError } from '../../src/core/usage-error.js';

const here = dirname(fileURLToPath(import.meta.url));
const golden = join(here, 'golden');
const examples = join(here, '../../config');
const namesIn = (folder: string, suffix: string): string[] =>
  readdirSync(folder).flatMap((name) => (name.endsWith(suffix) ? [name.slice(0, -suffix.length)] : []));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new TypeError('nothing was refused');
}

describe('every mistake in a file is told with line, column, what was found and what is allowed', () => {
  it.each(namesIn(golden, '.in'))('%s', (name) => {
    const message = messageOf(() => parseConfig(readFileSync(join(golden, `${name}.in`), 'utf8'), `${name}.yaml`));
    expect(`${message}\n`).toBe(readFileSync(join(golden, `${name}.out`), 'utf8'));
  });

  it('in the order of the file, as data too', () => {
    const text = 'version: 1\nlimits:\n  connections: 0\n  header_count: 0\n';
    let caught: unknown;
    try {
      parseConfig(text, 'f.yaml');
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ConfigError);
    const allowed = 'found the number 0; allowed is a whole number from 1 to 1000000';
    expect((caught as ConfigError).problems).toEqual([
      { line: 3, column: 16, message: allowed },
      { line: 4, column: 17, message: allowed },
    ]);
  });

  it('without repeating anything that could be a secret, wherever it was put', () => {
    const secret = fc
      .tuple(fc.constantFrom('ghp_', 'sk-', 'xoxb-', ''), fc.stringMatching(/^[a-z]{8}[0-9][A-Z][a-z0-9]{16,40}$/))
      .map((parts) => parts.join(''));
    const places = [
      (value: string) => `${value}: 1`,
      (value: string) => `version: ${value}`,
      (value: string) => `version: 1\ndefault: ${value}`,
      (value: string) => `version: 1\nlimits: { connections: ${value} }`,
      (value: string) => `version: 1\nsecrets: { a: { from: ${value}, hosts: [a.example] } }`,
      (value: string) => `version: 1\nsecrets: { a: { from: env, name: A, hosts: ["https://u:${value}@a.example"] } }`,
      (value: string) => `version: 1\nclients: [{ name: a, token_sha256: ${value} }]`,
      (value: string) =>
        `version: 1\nclients: [{ name: a }]\npolicies: [{ name: p, hosts: [a.example], clients: [${value}] }]`,
      (value: string) =>
        `version: 1\npolicies: [{ name: p, hosts: [a.example], inject: [{ place: header, name: a, template: "Bearer ${value}" }] }]`,
      (value: string) =>
        `version: 1\npolicies: [{ name: p, hosts: [a.example], inject: [{ place: header, name: a, template: "{${value}}" }] }]`,
      (value: string) => `version: 1\nrun: { env: { A: ${value} } }`,
      (value: string) => `version: 1\n  ${value}`,
      (value: string) => `version: 1\na: "${value}\n`,
      (value: string) => `version: 1\na: *${value}\n`,
      (value: string) => `version: 1\na: !${value} b\n`,
      (value: string) => `version: 1\n${value}: 1\n${value}: 1\n`,
    ];
    fc.assert(
      fc.property(secret, fc.constantFrom(...places), (value, place) => {
        expect(messageOf(() => parseConfig(place(value), 'f.yaml'))).not.toContain(value.slice(0, 12));
      }),
    );
  });
});

describe('a configuration is refused that', () => {
  it.each([
    ['does not exist', 'missing.yaml', undefined, 'does not exist.'],
    ['is a folder', 'folder', undefined, 'cannot be read (EISDIR).'],
    ['is not UTF-8', 'latin1.yaml', Buffer.from([0x76, 0xe9]), 'is not UTF-8.'],
  ])('%s', (_, name, bytes, reason) => {
    mkdirSync(join(folder, 'folder'), { recursive: true });
    if (bytes !== undefined) writeFileSync(join(folder, name), bytes);
    const path = join(folder, name);
    expect(messageOf(() => loadConfig(path))).toBe(`the configuration file ${path} ${reason}`);
  });

  const unix = process.platform === 'win32' ? it.skip : it;
  unix('every user can write', () => {
    const path = join(folder, 'open.yaml');
    writeFileSync(path, 'version: 1\n');
    chmodSync(path, 0o646);
    expect(messageOf(() => loadConfig(path))).toBe(
      `every user can write the configuration file ${path}: \`chmod o-w\` it.`,
    );
    chmodSync(path, 0o664);
    expect(loadConfig(path).version).toBe(1);
  });
});

describe('a configuration', () => {
  it('of nothing but its version has every default, and denies', () => {
    expect(parseConfig('version: 1', '/etc/k/k.yaml')).toEqual({
      version: 1,
      listen: {
        proxy: [{ transport: 'tcp', host: '127.0.0.1', port: 8700 }],
        admin: undefined,
        unsafePlainListener: false,
      },
      ca: { mode: 'generate', dir: '/etc/k/certs' },
      store: {
        file: '/etc/k/secrets.age',
        identity: { from: 'file', path: '/etc/k/secrets-identity.txt' },
      },
      secrets: new Map(),
      backends: new Map(),
      clients: [],
      unsafeAnonymous: false,
      unsafeMinting: [],
      destinations: new Map(),
      deny: [],
      policies: [],
      default: 'deny',
      audit: [
        {
          kind: expect.objectContaining({ kind: 'file' }),
          options: expect.objectContaining({ dir: '/etc/k/audit' }),
          common: {},
        },
      ],
      upstream: { caFile: undefined },
      limits: defaultLimits,
      run: { env: {}, args: {}, registries: [], pass: [], java: false },
      placeholderKeyFile: undefined,
      file: '/etc/k/k.yaml',
      folder: '/etc/k',
      text: 'version: 1',
    });
  });

  it('may begin with a byte order mark and end its lines as Windows does', () => {
    const path = join(folder, 'windows.yaml');
    writeFileSync(path, '\ufeffversion: 1\r\nclients:\r\n  - { name: a }\r\n');
    expect(loadConfig(path).clients).toEqual([{ name: 'a', tokenSha256: undefined }]);
  });

  it('has its paths from its own folder', () => {
    const config = parseConfig(
      `version: 1
listen: { proxy: [unix:./p.sock, "[::1]:0"], admin: unix:/run/a.sock }
ca: { mode: files, cert_file: ca.pem, key_file: ../ca-key.pem }
secrets: { a: { from: file, path: ./a, hosts: [a.example.com] } }
destinations: { A.example.com: { ca_file: roots.pem, address: "127.0.0.1:9443" }, "b.example.com:8443": { allow_private: true } }
upstream: { ca_file: /roots.pem }
audit: [{ type: file, dir: log }]
placeholder_key_file: key
`,
      '/etc/k/k.yaml',
    );
    expect(config.listen.proxy).toEqual([
      { transport: 'unix', path: '/etc/k/p.sock' },
      { transport: 'tcp', host: '::1', port: 0 },
    ]);
    expect(config.listen.admin).toEqual({ transport: 'unix', path: '/run/a.sock' });
    expect(config.ca).toEqual({ mode: 'files', cert_file: '/etc/k/ca.pem', key_file: '/etc/ca-key.pem' });
    expect(config.secrets.get('a')).toMatchObject({ kind: { kind: 'file' }, options: { path: './a', format: 'text' } });
    expect([...config.destinations]).toEqual([
      ['a.example.com:443', { address: '127.0.0.1:9443', caFile: '/etc/k/roots.pem', allowPrivate: false }],
      ['b.example.com:8443', { allowPrivate: true }],
    ]);
    expect(config.upstream.caFile).toBe('/roots.pem');
    expect(config.audit[0]?.options).toMatchObject({ dir: '/etc/k/log' });
    expect(config.placeholderKeyFile).toBe('/etc/k/key');
  });
});

describe('the examples are valid, and say what they are for', () => {
  it.each(namesIn(examples, '.yaml'))('%s', (name) => {
    const text = readFileSync(join(examples, `${name}.yaml`), 'utf8');
    expect(parseConfig(text, join(examples, `${name}.yaml`)).policies.length).toBeGreaterThan(0);
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/schema\.json\n#\n# \S/);
  });
});

describe('what this program generates itself', () => {
  it('is refused for every mistake that a file is refused for', () => {
    const wide = { api: { from: 'env', name: 'TOKEN', hosts: ['*.com'] } };
    for (const settings of [{}, { version: 1, polices: [] }, { version: 1, secrets: wide }, [], null, 'version: 1']) {
      const json = JSON.stringify(settings);
      expect(() => parseGenerated(json, 'x')).toThrow(ConfigError);
      expect(messageOf(() => parseGenerated(json, 'x')).replace(/:\d+:\d+:/g, '')).toBe(
        messageOf(() => parseConfig(json, 'x')).replace(/:\d+:\d+:/g, ''),
      );
    }
  });

  it('means what the same text means as a file', () => {
    const json = JSON.stringify({
      version: 1,
      secrets: { api: { from: 'env', name: 'T', hosts: ['api.example.com'] } },
    });
    expect(parseGenerated(json, 'x')).toEqual(parseConfig(json, 'x'));
  });
});
