import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openLog } from '../audit/read/written-log.js';
import { say } from './terminal.js';

let home: string;
let config: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'keywright-audit-query-'));
  config = join(home, 'keywright.yaml');
  writeFileSync(config, 'version: 1\naudit: [{ type: file, dir: ./log }]\n', { mode: 0o600 });
  const log = openLog(join(home, 'log'), 'desk');
  await log.requests(1);
  log.audit.secret({ event: 'fetched', secret: 'db', backend: 'vault' });
  log.audit.secret({ event: 'failed', secret: 'db', backend: 'vault' });
  log.audit.secret({ event: 'login', backend: 'corp' });
  await log.audit.close();
});
afterAll(() => rmSync(home, { recursive: true }));

const ask = (...args: string[]) => say(['audit', ...args, '--config', config], home);
const events = async (...args: string[]): Promise<unknown[]> => {
  const { out } = await ask('query', ...args, '--json');
  const lines = out.split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as Record<string, unknown>)['event']);
};

describe('what became of secrets', () => {
  it.each([
    [['query', '--event', 'fetch']],
    [['query', '--event', 'failed', '--kind', 'use']],
    [['query', '--backend', 'corp', '--kind', 'end']],
    [['tail', '--event', 'failed']],
  ])('is not asked for by %j', async (args) => {
    expect(await ask(...args)).toMatchObject({ code: 2, out: '' });
  });

  it('is asked for by events that there are, which are told where another is named', async () => {
    const { error } = await ask('query', '--event', 'fetch');
    expect(error).toContain('it is one of fetched, renewed, rotated,');
  });

  it('is found by event and backend', async () => {
    expect(await events('--event', 'failed')).toEqual(['failed']);
    expect(await events('--backend', 'vault', '--kind', 'secret')).toEqual(['fetched', 'failed']);
    expect(await events('--backend', 'corp')).toEqual(['login']);
    expect(await events('--event', 'rotated')).toEqual([]);
  });
});
