import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { say } from './terminal.js';

const home = mkdtempSync(join(tmpdir(), 'keywright-test-'));
afterAll(() => rmSync(home, { recursive: true }));
const config = join(home, 'keywright.yaml');

describe('check looks for what serve would miss at its start', () => {
  it.each([
    ['ca: { mode: files, cert_file: ca.pem, key_file: ca-key.pem }', 'CA'],
    ['destinations: { a.example.com: { ca_file: trusted.pem } }', 'certificates for a.example.com:443'],
    ['upstream: { ca_file: trusted.pem }', 'certificates for every destination'],
    [
      'upstream: { proxy: "https://proxy.corp:3129", proxy_ca_file: trusted.pem }',
      'certificates for the upstream proxy',
    ],
  ])('%s', async (yaml, what) => {
    writeFileSync(config, `version: 1\nclients: [{ name: desk }]\n${yaml}\n`, { mode: 0o600 });
    const trusted = join(home, 'trusted.pem');
    rmSync(trusted, { force: true });
    const missing = await say(['check', '--config', config], home);
    expect([missing.code, missing.out]).toEqual([1, expect.stringMatching(new RegExp(`MISSING ${what}: .+ missing`))]);
    expect(await say(['check', '--offline', '--config', config], home)).toMatchObject({ code: 0 });
    if (what === 'CA') return;
    writeFileSync(trusted, testAuthority().certificatePem);
    const there = await say(['check', '--config', config], home);
    expect([there.code, there.out]).toEqual([0, expect.stringContaining(`there   ${what}\n`)]);
  });
});
