import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ended, keywrightRun, startKeywright } from '../support/run.js';
import { startStandIn, type StandIn } from '../support/stand-in.js';

jest.setTimeout(30_000);

const github = `ghp_${randomBytes(18).toString('hex')}`;
const notion = `ntn_${randomBytes(23).toString('hex')}`;
let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn([github, notion]);
});
afterAll(() => standIn.close());

const script = `
const [github, notion] = [process.env.GITHUB_TOKEN, process.env.NOTION_TOKEN];
const ask = async (token, method, url) => {
  const answer = await fetch(url, { method, headers: { authorization: 'Bearer ' + token } });
  console.log(method, new URL(url).pathname, answer.headers.has('x-keywright-request-id') ? (await answer.json()).error.code : answer.status);
};
await ask(github, 'GET', 'https://api.github.com/repos/acme/site');
await ask(github, 'POST', 'https://api.github.com/repos/acme/site/keys');
await ask(github, 'POST', 'https://api.github.com/repos/acme/site/issues');
await ask(notion, 'POST', 'https://api.notion.com/v1/search');
await ask(notion, 'POST', 'https://api.notion.com/v1/pages');
`;

const told = async (options: readonly string[], environment: Record<string, string>) => {
  const { folder, config } = standIn;
  return keywrightRun([process.execPath, '--input-type=module', '-e', script], {
    folder,
    config,
    options,
    environment,
  });
};
const both = { GITHUB_TOKEN: github, NOTION_TOKEN: notion };

describe('a program under `keywright run`', () => {
  it('asks for no credential of its own, and the user is told how it could', async () => {
    const { stdout, stderr } = await told([], both);
    expect(stdout.trim().split('\n')).toEqual([
      'GET /repos/acme/site 200',
      'POST /repos/acme/site/keys denied',
      'POST /repos/acme/site/issues 200',
      'POST /v1/search 200',
      'POST /v1/pages 200',
    ]);
    expect(stderr).toContain('The deny rule "catalogue github/deploy-keys" forbids it.');
    expect(stderr).toContain('`unsafe_minting: [github/deploy-keys]`');
  });

  it('only reads with --read-only', async () => {
    const { stdout } = await told(['--read-only'], both);
    expect(stdout.trim().split('\n')).toEqual([
      'GET /repos/acme/site 200',
      'POST /repos/acme/site/keys denied',
      'POST /repos/acme/site/issues no_policy',
      'POST /v1/search 200',
      'POST /v1/pages no_policy',
    ]);
  });

  it('is not started with --read-only where a service has no such list', async () => {
    const { code, stdout, stderr } = await told(['--read-only'], {
      LINEAR_API_KEY: `lin_api_${randomBytes(20).toString('hex')}`,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^keywright: the program was not started: linear has no read-only list [^\n]+\.\n$/);
  });
});

/** A configuration that sends a credential to GitHub. */
function written(name: string, more: string): string {
  const config = join(standIn.folder, name);
  const text = `version: 1
secrets: { token: { from: env, name: TOKEN, hosts: [api.github.com] } }
clients: [{ name: desk, token_sha256: ${'ab'.repeat(32)} }]
policies:
  - { name: all, hosts: [api.github.com], inject: [{ place: header, name: authorization, template: "Bearer {token}" }] }
`;
  writeFileSync(config, text + more, { mode: 0o600 });
  return config;
}

describe('keywright check', () => {
  it('says which requests for new credentials are denied', async () => {
    const { folder } = standIn;
    const check = async (more: string) => {
      const config = written('check.yaml', `${more}\n`);
      return (await ended(startKeywright(['check', '--offline', '--config', config], { folder }))).stdout;
    };
    expect(await check('')).toMatch(
      /Requests for new credentials are denied; unsafe_minting .*:\n {2}github\/deploy-keys, github\/user-keys, /,
    );
    expect(await check('unsafe_minting: [github/deploy-keys]')).toMatch(
      /are denied; unsafe_minting .*:\n {2}github\/user-keys, /,
    );
    expect(await check('unsafe_minting: [github]')).not.toContain('new credentials');
  });
});

describe('keywright explain', () => {
  it('shows the built-in rule that forbids, and the way out; not those that have nothing to do with it', async () => {
    const { folder } = standIn;
    const config = written('explain.yaml', '');
    const ask = (method: string) =>
      ended(startKeywright(['explain', '--config', config, method, 'https://api.github.com/user/keys'], { folder }));
    const [denied, allowed] = await Promise.all([ask('POST'), ask('GET')]);
    expect(denied.code).toBe(1);
    expect(denied.stdout).toContain('→ deny catalogue github/user-keys: matches');
    expect(denied.stdout).toContain('`unsafe_minting: [github/user-keys]` in the configuration allows that');
    expect(allowed).toMatchObject({ code: 0, stdout: expect.not.stringContaining('catalogue') });
  });
});
