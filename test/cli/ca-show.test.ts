import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { DescribedRing } from '../../src/ca/describe.js';
import { corporate, type Member, member } from '../ca/corporate.js';
import { type CaFolder, caFolder, madeFolder } from './ca-folder.js';

const base = mkdtempSync(join(tmpdir(), 'keywright-cli-ca-'));
afterAll(() => rmSync(base, { recursive: true }));

function operators(of: Member, ...above: Member[]): CaFolder {
  const folder = caFolder(base, '{ mode: files, cert_file: cert.pem, key_file: key.pem }');
  writeFileSync(join(folder.path, 'cert.pem'), [of, ...above].map(({ pem }) => pem).join(''));
  writeFileSync(join(folder.path, 'key.pem'), of.keyPem, { mode: 0o600 });
  return folder;
}

describe('ca show', () => {
  it.each([0o644, 0o640])('is refused with a key of mode %o', async (mode) => {
    const folder = madeFolder(base);
    chmodSync(join(folder.dir, 'ca-key.pem'), mode);
    expect(await folder.ca('show')).toMatchObject({ code: 1, out: '' });
  });

  it('exits with 1 for a CA that has expired, and says so', async () => {
    const { code, out } = await operators(member('Of yesterday', { days: -1 })).ca('show');
    expect(code).toBe(1);
    expect(out).toMatch(/CN=Of yesterday[^]*NOT VALID NOW/);
  });

  it('says what is to be trusted, in words', async () => {
    const folder = madeFolder(base, ['b.example.com', 'a.example.com']);
    const { code, out } = await folder.ca('show');
    const root = new X509Certificate(readFileSync(join(folder.dir, 'ca.pem')));
    expect(code).toBe(0);
    expect(out).toContain(`mode generate, certificate ${join(folder.dir, 'ca.pem')}`);
    expect(out).toContain(`${root.subject}: signs, and is to be trusted`);
    expect(out).toContain(root.fingerprint256);
    expect(out).toMatch(/182[45] days left/);
    expect(out).toMatch(/permit +a\.example\.com, b\.example\.com\n/);
    expect(out).toContain('No rotation is in progress.');
  });

  it('says the same as JSON', async () => {
    const folder = madeFolder(base);
    const { out } = await folder.ca('show', '--json');
    const root = new X509Certificate(readFileSync(join(folder.dir, 'ca.pem')));
    expect(JSON.parse(out)).toMatchObject({
      mode: 'generate',
      certificate_file: join(folder.dir, 'ca.pem'),
      key_file: join(folder.dir, 'ca-key.pem'),
      phase: 'steady',
      authorities: [{ permit: null, trust: { sha256: root.fingerprint256.replaceAll(':', '').toLowerCase() } }],
    });
  });

  it('follows a rotation', async () => {
    const folder = madeFolder(base);
    const show = async (): Promise<DescribedRing> =>
      JSON.parse((await folder.ca('show', '--json')).out) as DescribedRing;
    await folder.ca('rotate', '--finish-after', '14d');
    const published = await show();
    expect(published).toMatchObject({ phase: 'published', bridged: true });
    expect(published.authorities.map(({ role }) => role)).toEqual(['active', 'next']);
    expect((await folder.ca('show')).out).toContain(`comes by itself at ${published.finishes_at}`);
    await folder.ca('rotate', '--finish');
    expect((await show()).authorities.map(({ role }) => role)).toEqual(['active', 'old']);
    expect((await folder.ca('show')).out).toContain('keywright ca rotate --retire');
  });

  it('shows the CA of an operator with what signs it, and what is missing', async () => {
    const { root, intermediate } = corporate();
    const whole = await operators(intermediate, root).ca('show');
    expect(whole).toMatchObject({ code: 0 });
    expect(whole.out).toMatch(/^CN=Corporate root: signs[^]*signs by +CN=Corporate intermediate/m);
    expect(whole.out).not.toContain('its root is not in the file');
    expect((await operators(intermediate).ca('show')).out).toContain('its root is not in the file');
  });

  it('gives a terminal nothing to obey', async () => {
    const { out } = await operators(member('evil\u001b]0;owned\u0007\u202e')).ca('show');
    expect(out).toContain('evil');

    expect(out).not.toMatch(/[\u001b\u0007\u202e]/);
  });
});
