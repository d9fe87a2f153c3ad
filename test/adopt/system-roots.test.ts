import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { certificatesIn } from '../../src/adopt/pem.js';
import { systemRoots } from '../../src/adopt/system-roots.js';

describe('the roots of the system', () => {
  it('are the first bundle that there is', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keywright-roots-'));
    writeFileSync(join(folder, 'b'), 'bundle');
    expect(systemRoots([join(folder, 'a'), join(folder, 'b')])).toBe('bundle');
    rmSync(folder, { recursive: true });
  });

  it('are those of Node where there is no bundle', () => {
    expect(certificatesIn([systemRoots([])]).length).toBeGreaterThan(50);
  });

  it('are certificates on this machine', () => expect(certificatesIn([systemRoots()]).length).toBeGreaterThan(0));
});
