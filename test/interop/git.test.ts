import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import type { Origin } from '../support/origin.js';
import { generatedSecret } from '../support/proxy.js';
import { recordsIn, startServe, type Serving } from '../support/serve.js';
import { commitMebibytes, identity, localGit, trace } from './git-client.js';
import { challenges, gitBackend, startGitServer } from './git-server.js';
import { has, keywrightRun } from '../support/run.js';
import { execute, field, pairedUses, placeholderOf, routeThrough, succeed, usesOf } from './served.js';

jest.setTimeout(30_000);

const host = 'git.example.com';
const authority = testAuthority();
const password = generatedSecret();
const real = Buffer.from(`committer:${password}`).toString('base64');
const where = has('test', '-x', gitBackend()) ? describe : describe.skip;

let folder: string;
let local: ReturnType<typeof localGit>;
let server: Origin;
let serving: Serving | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-git-'));
  if (where === describe.skip) return;
  local = localGit(folder);
  local('init', '--quiet', '--initial-branch=main', join(folder, 'seed'));
  commitMebibytes(local, join(folder, 'seed'), 1);
  server = await startGitServer(authority, [host], join(folder, 'projects'), `committer:${password}`);
});

afterAll(async () => {
  if (where === describe) await server.close();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  await serving?.close();
  serving = undefined;
});

/** A repository on the server under a name of its own, and where it is for the client. */
function newProject(name: string): { readonly bare: string; readonly url: (userinfo?: string) => string } {
  mkdirSync(join(folder, 'projects'), { recursive: true });
  const bare = join(folder, 'projects', `${name}.git`);
  local('clone', '--quiet', '--bare', join(folder, 'seed'), bare);
  server.seen.length = 0;
  return { bare, url: (userinfo = '') => `https://${userinfo}${host}/${name}.git` };
}

const rules = (mode: string): string =>
  [
    `secrets: { git: { from: env, name: GIT_PASSWORD, hosts: [${host}] } }`,
    `policies: [{ name: git, hosts: [${host}], inject: [{ place: basic, username: committer, password: "{git}", mode: ${mode} }] }]`,
    'placeholder_key_file: ./placeholder.key',
  ].join('\n');

async function start(mode: 'set' | 'substitute'): Promise<Serving> {
  const origins = { [`${host}:443`]: server.port };
  serving = await startServe({ authority, origins, yaml: rules(mode), environment: { GIT_PASSWORD: password } });
  return serving;
}

/** git through `serve`, as its user would set it up; resolves to what it said, all its messages among it. */
function gitThrough(it: Serving): (...args: string[]) => Promise<string> {
  const { proxyUrl, trustFile, shell } = routeThrough(it);
  const env = { ...shell, ...identity, ...trace, https_proxy: proxyUrl, GIT_SSL_CAINFO: trustFile };
  return async (...args) => {
    const { stdout, stderr } = await succeed(['git', ...args], { env, cwd: folder });
    return stdout + stderr;
  };
}

/** Clones, adds what is too large for one buffer, and pushes it back: the same on both sides, and whole. */
async function thereAndBack(
  git: (...args: string[]) => Promise<string>,
  url: string,
  bare: string,
  postBuffer: number,
): Promise<string> {
  const copy = bare.replace(/^.*\/(.*)\.git$/, 'copy-of-$1');
  const cloned = await git('clone', '--quiet', url, join(folder, copy));
  const head = (path: string): string => local('-C', path, 'rev-parse', 'HEAD');
  expect(head(join(folder, copy))).toBe(head(bare));
  commitMebibytes(local, join(folder, copy), 4);
  const pushed = await git(
    '-C',
    join(folder, copy),
    '-c',
    `http.postBuffer=${postBuffer}`,
    'push',
    '--quiet',
    'origin',
    'main',
  );
  expect(head(bare)).toBe(head(join(folder, copy)));
  for (const path of [bare, join(folder, copy)]) local('-C', path, 'fsck', '--full', '--strict');
  return cloned + pushed;
}

/** What each request to the server carried in `Authorization`, without repetition. */
function credentialsSeen(): readonly (string | undefined)[] {
  return [...new Set(server.seen.map(({ rawHeaders }) => field(rawHeaders, 'authorization')))];
}

function expectNothingOf(text: string): void {
  for (const secret of [password, real]) expect(text).not.toContain(secret);
}

where('git over HTTPS', () => {
  it('without a credential is refused by its server, whose challenges come through as they are', async () => {
    const it = await start('substitute');
    const { url } = newProject('refused');
    const answer = await it.get(`${host}:443`, '/refused.git/info/refs?service=git-upload-pack');
    expect(answer).toMatch(/^HTTP\/1\.1 401 [^]*who are you\?/);
    expect(Array.from(answer.matchAll(/^www-authenticate: (.*)\r$/gim), ([, value]) => value)).toEqual(challenges);
    const { proxyUrl, trustFile, shell } = routeThrough(it);
    const env = { ...shell, ...identity, https_proxy: proxyUrl, GIT_SSL_CAINFO: trustFile };
    const { code, stderr } = await execute(['git', 'clone', url(), join(folder, 'never')], { env, cwd: folder });
    expect(stderr).toContain('could not read Username');
    expect(code).toBe(128);
    expect(credentialsSeen()).toEqual([undefined]);
    for (const { injected } of await usesOf(it)) expect(injected).toEqual([]);
  });

  it('clones and pushes with a placeholder in the URL: challenged, then let in; chunked where it is large', async () => {
    const it = await start('substitute');
    const { bare, url } = newProject('in-url');
    const placeholder = await placeholderOf(it, 'git');
    const said = await thereAndBack(gitThrough(it), url(`committer:${placeholder}@`), bare, 65_536);
    expectNothingOf(said);
    // Its large pushes stand still in HTTP/2 now and then (decision 0020).
    expect(said).not.toContain('HTTP/2 ');
    expect(said).toContain(Buffer.from(`committer:${placeholder}`).toString('base64'));
    expect(credentialsSeen()).toEqual([undefined, `Basic ${real}`]);
    const large = server.seen.find(({ body }) => body.length > 4 * 1024 * 1024);
    expect(field(large?.rawHeaders ?? [], 'transfer-encoding')).toBe('chunked');
    const uses = await usesOf(it);
    expect(uses.filter(({ injected }) => String(injected) === 'basic')).toHaveLength(
      server.seen.filter(({ rawHeaders }) => field(rawHeaders, 'authorization') !== undefined).length,
    );
  });

  it('asks the proxy without a password first, and is told on the same connection which one is wanted', async () => {
    const it = await start('set');
    const said = await gitThrough(it)('ls-remote', newProject('any-auth').url());
    const heads = Array.from(said.matchAll(/(?:(?:=> Send|<= Recv) header: (CONNECT|Proxy-Auth\w+|HTTP\/1.1)(.*))/gi));
    const steps = heads.map(([, name = '', rest = '']) => (name === 'HTTP/1.1' ? rest.trim().slice(0, 3) : name));
    expect(steps.slice(0, 6).map((step) => step.toLowerCase())).toEqual([
      'connect',
      '407',
      'proxy-authenticate',
      'connect',
      'proxy-authorization',
      '200',
    ]);
    const untilOpen = said.slice(0, said.indexOf('HTTP/1.1 200'));
    expect(untilOpen.match(/Info: Connected to /g)).toHaveLength(1);
  });

  it('clones and pushes with a credential helper, which is asked to keep nothing but the placeholder', async () => {
    const it = await start('substitute');
    const { bare, url } = newProject('helper');
    const placeholder = await placeholderOf(it, 'git');
    const helper = join(folder, 'helper');
    const script = `printf '%s ' "$1" >> '${helper}.log'; cat >> '${helper}.log'
      [ "$1" != get ] || printf 'username=committer\\npassword=${placeholder}\\n'`;
    writeFileSync(helper, `#!/bin/sh\n${script}\n`, { mode: 0o700 });
    const git = gitThrough(it);
    const said = await thereAndBack(
      (...args) => git('-c', `credential.helper=${helper}`, ...args),
      url(),
      bare,
      65_536,
    );
    const kept = readFileSync(`${helper}.log`, 'utf8');
    expect(kept).toMatch(/^get [^]*^store [^]*^get [^]*^store /m);
    expect(kept).toContain(`password=${placeholder}`);
    expectNothingOf(said + kept);
    expect(credentialsSeen()).toEqual([undefined, `Basic ${real}`]);
    await usesOf(it);
  });

  it.each([
    ['nothing', ''],
    ['a password of its own, which is dropped', 'committer:not-this-one@'],
  ])('clones and pushes in mode set where the client has %s; never challenged', async (_, userinfo) => {
    const it = await start('set');
    const { bare, url } = newProject(userinfo === '' ? 'set' : 'set-over');
    const said = await thereAndBack(gitThrough(it), url(userinfo), bare, 16 * 1024 * 1024);
    expectNothingOf(said);
    expect(said).not.toContain('HTTP/1.1 401');
    expect(credentialsSeen()).toEqual([`Basic ${real}`]);
    const large = server.seen.find(({ body }) => body.length > 4 * 1024 * 1024);
    expect(Number(field(large?.rawHeaders ?? [], 'content-length'))).toBe(large?.body.length);
    const uses = await usesOf(it);
    expect(uses).toHaveLength(server.seen.length);
    expect(new Set(uses.map(({ injected }) => String(injected)))).toEqual(new Set(['basic']));
  });

  it('clones and pushes under run, where its password is in a variable', async () => {
    const { bare, url } = newProject('run');
    const config = join(folder, 'run.yaml');
    const caFile = join(folder, 'server-ca.pem');
    writeFileSync(caFile, authority.certificatePem);
    const destination = `{ address: "127.0.0.1:${server.port}", ca_file: ${caFile} }`;
    const rest = ['audit: [{ type: file, dir: ./audit }]', 'run: { env: { GIT_PASSWORD: git } }'];
    const text = ['version: 1', `destinations: { ${host}: ${destination} }`, ...rest, rules('substitute'), ''];
    writeFileSync(config, text.join('\n'), { mode: 0o600 });
    const helper = '[credential]\n  helper = "!f() { echo username=committer; echo password=$GIT_PASSWORD; }; f"\n';
    writeFileSync(join(folder, '.gitconfig'), helper);
    const said = await thereAndBack(
      async (...args) => {
        const environment = { ...identity, ...trace, GIT_PASSWORD: password };
        const { code, stdout, stderr } = await keywrightRun(['git', ...args], { folder, config, environment });
        expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
        return stdout + stderr;
      },
      url(),
      bare,
      65_536,
    );
    expectNothingOf(said);
    expect(credentialsSeen()).toEqual([undefined, `Basic ${real}`]);
    expect(pairedUses(recordsIn(join(folder, 'audit')))).toHaveLength(server.seen.length);
  });
});
