import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { say } from './terminal.js';

const home = mkdtempSync(join(tmpdir(), 'keywright-test-'));
const password = randomBytes(18).toString('base64url');
const config = join(home, 'keywright.yaml');
writeFileSync(join(home, 'password'), password, { mode: 0o600 });
writeFileSync(
  config,
  `version: 1
clients: [{ name: desk }]
upstream: { proxy: "https://proxy.corp:3129", proxy_username: k, proxy_password_file: ./password, no_proxy: ["*.direct.example"] }
destinations: { static.example.com: { address: 192.0.2.1 } }
policies: [{ name: all, hosts: [api.example.com, static.example.com, a.direct.example] }]
`,
  { mode: 0o600 },
);
afterAll(() => rmSync(home, { recursive: true }));

describe('explain, with an upstream proxy,', () => {
  const ask = (url: string, ...more: string[]) => say(['explain', 'GET', url, '--config', config, ...more], home);

  it('says that a request goes through it', async () => {
    const { code, out } = await ask('https://api.example.com/');
    expect([code, out]).toEqual([0, expect.stringContaining('by way of the upstream proxy https://proxy.corp:3129')]);
    expect(JSON.parse((await ask('https://api.example.com/', '--json')).out)).toMatchObject({
      upstreamProxy: 'https://proxy.corp:3129',
    });
  });

  it.each(['https://a.direct.example/', 'https://static.example.com/', 'https://refused.example.com/'])(
    'says nothing of it for %s',
    async (url) => {
      expect((await ask(url)).out).not.toContain('upstream proxy');
    },
  );
});

describe('check, with an upstream proxy,', () => {
  it.each([
    [0o644, 1, /MISSING password of the upstream proxy: .*is open to others/],
    [0o600, 0, /there +password of the upstream proxy\n/],
  ])('looks at its password file of mode %o, and shows nothing of it', async (mode, code, found) => {
    chmodSync(join(home, 'password'), mode);
    const said = await say(['check', '--config', config], home);
    expect(said).toMatchObject({ code, out: expect.stringMatching(found) as unknown as string });
    expect(said.out + said.error).not.toContain(password);
  });
});
