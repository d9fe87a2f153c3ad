import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { privateFile } from '../../../src/secrets/aws/private-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'private-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a file of keys', () => {
  it('is not a folder, a pipe that nobody writes to, or larger than it can be', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', ['-m', '600', pipe]);
    await expect(privateFile(folder)).rejects.toThrow('not a regular file');
    await expect(privateFile(pipe)).rejects.toThrow('not a regular file');
    writeFileSync(join(folder, 'large'), 'x'.repeat(64 * 1024 + 1), { mode: 0o600 });
    await expect(privateFile(join(folder, 'large'))).rejects.toThrow('larger than');
  });

  it('is none where there is none', async () => {
    expect(await privateFile(join(folder, 'none'))).toBeUndefined();
    writeFileSync(join(folder, 'file'), 'x', { mode: 0o600 });
    expect(await privateFile(join(folder, 'file', 'below'))).toBeUndefined();
    await expect(privateFile('nul\0')).rejects.toThrow('cannot be read (ERR_INVALID_ARG_VALUE)');
  });

  it('is read, and it is told whether others can', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'text', { mode: 0o600 });
    expect(await privateFile(file)).toEqual({ text: 'text', isOpen: false });
    execFileSync('chmod', ['644', file]);
    expect(await privateFile(file)).toEqual({ text: 'text', isOpen: true });
  });
});
