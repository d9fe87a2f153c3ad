import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findRecord } from '../../src/cli/audit-record.js';
import { parseConfig } from '../../src/config/load.js';
import { useFields } from '../audit/memory-sink.js';
import { fileOf, openLog } from '../audit/read/written-log.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const find = (id: string) =>
  findRecord(
    parseConfig('version: 1\naudit: [{ type: stdout }, { type: file, dir: ./log }]', join(folder, 'k.yaml')),
    id,
  );

describe('the record of a request', () => {
  it('is none where nothing was recorded yet', () => {
    expect(find('a')).toBeUndefined();
  });

  it('is its use, not its end, among torn lines and those of others', async () => {
    const log = openLog(join(folder, 'log'), 'desk');
    await log.requests(1);
    await log.audit.use('3f0e9c1a', { ...useFields, path: '/asked' });
    log.audit.end('3f0e9c1a', { code: 'ok', bytes_in: 0, bytes_out: 0, duration_ms: 1, masked: 0 });
    await log.audit.close();
    appendFileSync(fileOf(join(folder, 'log'), 'desk'), '{"id":"3f0e9c1a');
    expect(find('3f0e9c1a')).toMatchObject({ kind: 'use', path: '/asked', host: 'api.example.com' });
    expect(find('3f0e9c1')).toBeUndefined();
  });
});
