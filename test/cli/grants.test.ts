import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { say } from './terminal.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-grants-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const yaml = `version: 1
backends:
  corp: { type: vault, address: "https://vault.example:8200", auth: { method: token, token_file: ./token } }
  other: { type: vault, address: "https://other.example:8200", auth: { method: token, token_file: ./token } }
  cloud: { type: aws, region: eu-central-1, credentials: { from: environment } }
  users: { type: workos, api_key_file: ./key }
secrets:
  tracker: { from: vault, backend: corp, path: kv/data/tracker, hosts: [a.example.com] }
  elsewhere: { from: vault, backend: other, path: kv/data/elsewhere, hosts: [a.example.com] }
  db: { from: aws, secret_id: prod/db, hosts: [a.example.com] }
`;

async function grants(...args: string[]) {
  const file = join(folder, 'keywright.yaml');
  writeFileSync(file, yaml, { mode: 0o600 });
  return say(['grants', '--config', file, ...args], folder);
}

describe('grants', () => {
  it.each([
    [[], /needs --for NAME, .* it has corp \(vault\), other \(vault\), cloud \(aws\), users \(workos\)\.$/m],
    [
      ['--for', 'azure'],
      /has no backend "azure": it has corp \(vault\), other \(vault\), cloud \(aws\), users \(workos\)/,
    ],
    [['--for', 'vault'], /several backends of type vault: --for one of corp, other/],
    [['--for', 'users'], /nothing to grant at a backend of type workos/],
  ])('is refused with %j', async (args, message) => {
    const { code, error, out } = await grants(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toMatch(message);
  });

  it('prints what the secrets of this backend need, and nothing for those of another', async () => {
    const { code, out } = await grants('--for', 'corp');
    expect(code).toBe(0);
    expect(out).toContain('path "kv/data/tracker"');
    expect(out).not.toContain('elsewhere');
  });

  it('takes the type of the only backend of it', async () => {
    const { code, out } = await grants('--for', 'aws');
    expect(code).toBe(0);
    expect(JSON.stringify(JSON.parse(out))).toContain('prod/db');
  });
});
