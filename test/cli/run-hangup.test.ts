import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ended as endedRun, startRun } from '../support/run.js';
import { recordsIn } from '../support/serve.js';

describe('keywright run', () => {
  it('hands SIGHUP to its child, and reads its configuration once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keywright-hangup-'));
    const config = join(folder, 'run.yaml');
    writeFileSync(config, 'version: 1\n', { mode: 0o600 });
    const child = startRun(
      ['sh', '-c', 'trap "echo hung up" HUP; echo here; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; done'],
      {
        config,
        folder,
      },
    );
    const outcome = endedRun(child);
    await once(child.stdout, 'data');
    writeFileSync(config, 'nonsense', { mode: 0o600 });
    child.kill('SIGHUP');
    const { stdout, stderr, code: ended } = await outcome;
    expect({ rest: stdout, ended }).toEqual({ rest: expect.stringContaining('hung up') as unknown, ended: 0 });
    expect(stderr).not.toMatch(/nonsense|reload/);
    const records = recordsIn(join(folder, 'audit'));
    expect(records.filter(({ kind }) => kind === 'reload')).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
