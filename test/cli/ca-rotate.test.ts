import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/load.js';
import { randomPlaceholders } from '../../src/inject/placeholder.js';
import type { DescribedRing } from '../../src/ca/describe.js';
import { makeRoot } from '../../src/ca/root.js';
import { systemClock } from '../../src/core/clock.js';
import { member } from '../ca/corporate.js';
import { caFolder, type CaFolder, madeFolder } from './ca-folder.js';

const base = mkdtempSync(join(tmpdir(), 'keywright-cli-ca-'));
afterAll(() => rmSync(base, { recursive: true }));

/** What a proxy that starts or reloads now would have its callers trust. */
function trustOfApp({ path }: CaFolder): string {
  const app = createApp({
    config: loadConfig(join(path, 'keywright.yaml')),
    environment: {},
    placeholders: randomPlaceholders([], new Map()),
    version: 'test',
    report: () => undefined,
    alarm: () => undefined,
  });
  return app.trustPem;
}

describe('ca rotate', () => {
  it('is refused for the CA of the operator, with what to do instead', async () => {
    const folder = caFolder(base, '{ mode: files, cert_file: cert.pem, key_file: key.pem }');
    const { pem, keyPem } = member('My own');
    writeFileSync(join(folder.path, 'cert.pem'), pem);
    writeFileSync(join(folder.path, 'key.pem'), keyPem, { mode: 0o600 });
    const { code, out, error } = await folder.ca('rotate');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toMatch(/the CA is yours: .*let clients trust both/);
    expect(readFileSync(join(folder.path, 'cert.pem'), 'utf8')).toBe(pem);
  });

  it('is refused out of order, with what comes next', async () => {
    const folder = madeFolder(base);
    expect(await folder.ca('rotate', '--finish')).toMatchObject({ code: 1, out: '' });
    await folder.ca('rotate');
    const { code, error } = await folder.ca('rotate', '--retire');
    expect(code).toBe(1);
    expect(error).toContain('`keywright ca rotate --finish` or `keywright ca rotate --cancel` comes next');
  });

  it('says what it has come to after each step, also as JSON', async () => {
    const folder = madeFolder(base);
    const phases: string[] = [];
    for (const option of [[], ['--finish'], ['--cancel'], ['--finish'], ['--retire']]) {
      const { code, out } = await folder.ca('rotate', ...option, '--json');
      expect(code).toBe(0);
      phases.push((JSON.parse(out) as DescribedRing).phase);
    }
    expect(phases).toEqual(['published', 'overlap', 'published', 'overlap', 'steady']);
    const { out } = await folder.ca('rotate');
    expect(out).toMatch(/is to be trusted, and signs next[^]*Have running proxies reload/);
  });

  it('is seen by an app that is made from the configuration again', async () => {
    const folder = madeFolder(base);
    const before = trustOfApp(folder);
    await folder.ca('rotate');
    const { out } = await folder.ca('export');
    expect(trustOfApp(folder)).toBe(out);
    expect(out.startsWith(before)).toBe(true);
    await folder.ca('rotate', '--finish');
    await folder.ca('rotate', '--retire');
    expect(trustOfApp(folder)).toBe((await folder.ca('export')).out);
  });

  it('says that clients have to be told first where the CA is one of version 0.1.0', async () => {
    const folder = madeFolder(base);
    const { certificate, key } = makeRoot({ clock: systemClock });
    writeFileSync(join(folder.dir, 'ca-key.pem'), key.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(join(folder.dir, 'ca.pem'), certificate.toString());
    expect((await folder.ca('rotate')).out).toContain(
      'Clients that trust only the older CA will not accept the newer one',
    );
    expect((await folder.ca('export')).out.startsWith(certificate.toString())).toBe(true);
  });
});
