import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { certificatesIn } from '../../src/adopt/pem.js';
import { systemRoots } from '../../src/adopt/system-roots.js';
import { madeFolder } from './ca-folder.js';

const base = mkdtempSync(join(tmpdir(), 'keywright-cli-ca-'));
afterAll(() => rmSync(base, { recursive: true }));

describe('ca export', () => {
  it.each(['ca.pem', 'ca-key.pem'])('never writes over %s of the CA itself, by no name', async (name) => {
    const folder = madeFolder(base);
    const path = join(folder.dir, name);
    const before = readFileSync(path, 'utf8');
    symlinkSync(folder.dir, join(folder.path, 'other-name'));
    for (const out of [path, join(folder.path, 'other-name', name), join(folder.dir, '..', 'certs', name)]) {
      const { code, error } = await folder.ca('export', '--out', out);
      expect(code).toBe(2);
      expect(error).toContain('a file of the CA itself');
    }
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('never puts itself in the place of a device, a link or a folder', async () => {
    const folder = madeFolder(base);
    const [link, directory] = [join(folder.path, 'link'), join(folder.path, 'folder')];
    symlinkSync(join(folder.dir, 'ca-key.pem'), link);
    mkdirSync(directory);
    for (const out of ['/dev/null', link, directory]) {
      const { code, error } = await folder.ca('export', '--out', out);
      expect(code).toBe(2);
      expect(error).toContain('no file');
    }
  });

  it('says what is wrong where it cannot write', async () => {
    const { code, error } = await madeFolder(base).ca('export', '--out', '/nowhere/x.pem');
    expect(code).toBe(1);
    expect(error).toContain('(ENOENT)');
  });

  it.each([
    [['--format', 'der'], /not for a terminal/],
    [['--format', 'der', '--bundle', '--out', 'x'], /--bundle is for PEM/],
    [['--only', 'old'], /--only is one of active/],
  ])('refuses %j', async (args, reason) => {
    const { code, error } = await madeFolder(base).ca('export', ...args);
    expect(code).toBe(2);
    expect(error).toMatch(reason);
  });

  it('gives the certificate to trust, as PEM or DER', async () => {
    const folder = madeFolder(base, ['a.example.com']);
    const trusted = readFileSync(join(folder.dir, 'ca.pem'), 'utf8');
    expect(await folder.ca('export')).toEqual({ code: 0, out: trusted, error: '' });
    const der = join(folder.path, 'ca.der');
    expect(await folder.ca('export', '--format', 'der', '--out', der)).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(der)).toEqual(new X509Certificate(trusted).raw);
  });

  it('gives both during a rotation, and each one by its role', async () => {
    const folder = madeFolder(base);
    const before = (await folder.ca('export')).out;
    await folder.ca('rotate');
    const both = (await folder.ca('export')).out;
    const next = (await folder.ca('export', '--only', 'next')).out;
    expect(both).toBe(before + next);
    expect((await folder.ca('export', '--only', 'active')).out).toBe(before);
    expect(await folder.ca('export', '--format', 'der', '--out', 'x')).toMatchObject({ code: 2 });
    await folder.ca('rotate', '--finish');
    expect((await folder.ca('export', '--only', 'old')).out).toBe(before);
    expect((await folder.ca('export')).out).toBe(next + before);
    await folder.ca('rotate', '--retire');
    expect((await folder.ca('export')).out).toBe(next);
  });

  it('gives the roots of the system too in a bundle, each once, and writes it whole', async () => {
    const folder = madeFolder(base);
    const out = join(folder.path, 'bundle.pem');
    expect(await folder.ca('export', '--bundle', '--out', out)).toMatchObject({ code: 0 });
    const found = certificatesIn([readFileSync(out, 'utf8')]);
    const roots = certificatesIn([systemRoots()]);
    expect(roots.length).toBeGreaterThan(20);
    expect(found).toHaveLength(roots.length + 1);
    expect(found[0]).toEqual(new X509Certificate(readFileSync(join(folder.dir, 'ca.pem'))).raw);
    expect(readdirSync(folder.path).sort()).toEqual(['bundle.pem', 'certs', 'keywright.yaml']);
  });
});
