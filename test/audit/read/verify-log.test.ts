import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { logFilesIn } from '../../../src/audit/log-files.js';
import { headOf, type FileHead } from '../../../src/audit/read/heads.js';
import { verifyLog } from '../../../src/audit/read/verify-log.js';
import { endFields, refusedFields, useFields } from '../memory-sink.js';
import { kindsIn, verifiedFolder } from '../verified.js';
import { day, fileOf, noon, openLog } from './written-log.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'audit-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const linesOfFile = (path: string): string[] => readFileSync(path, 'latin1').split('\n').slice(0, -1);
const rewrite = (path: string, lines: readonly string[]): void =>
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''), 'latin1');
const headsNow = (): FileHead[] => logFilesIn(dir).flatMap((file) => headOf(file) ?? []);

async function threeDays(): Promise<void> {
  const log = openLog(dir, 'desk');
  for (let i = 0; i < 3; i += 1) {
    await log.requests(3);
    log.now = noon + (i + 1) * day;
  }
  log.now = noon + 2 * day + 1000;
  await log.audit.close();
}

describe('tampering with whole files and their ends is found', () => {
  it('lines that are gone from the end of a day: the next one continues them', async () => {
    await threeDays();
    const file = fileOf(dir, 'desk');
    rewrite(file, linesOfFile(file).slice(0, -3));
    expect(kindsIn(verifiedFolder(dir))).toEqual(['truncated', 'unfinished']);
  });

  it('a day in between that is gone', async () => {
    await threeDays();
    unlinkSync(fileOf(dir, 'desk', '2026-01-03'));
    expect(verifiedFolder(dir).findings).toMatchObject([{ kind: 'missing', file: 'desk-2026-01-04.jsonl' }]);
  });

  it('the last file cut short, the last file gone, by the heads that were kept', async () => {
    await threeDays();
    const heads = headsNow();
    const last = fileOf(dir, 'desk', '2026-01-04');
    const lines = linesOfFile(last);
    expect(kindsIn(verifiedFolder(dir, heads))).toEqual([]);
    rewrite(last, lines.slice(0, -1));
    expect(kindsIn(verifiedFolder(dir))).toEqual([]);
    expect(kindsIn(verifiedFolder(dir, heads))).toEqual(['truncated']);
    unlinkSync(last);
    expect(kindsIn(verifiedFolder(dir, heads))).toEqual(['missing']);
  });

  it('a whole instance that is gone, by the heads that were kept', async () => {
    await threeDays();
    const other = openLog(dir, 'other');
    await other.audit.close();
    const heads = headsNow();
    unlinkSync(fileOf(dir, 'other'));
    expect(verifiedFolder(dir, heads).findings).toMatchObject([{ kind: 'missing', file: 'other-2026-01-02.jsonl' }]);
  });

  it('an oldest file that was cleared away is told, and is no tampering unless its head was kept', async () => {
    await threeDays();
    const heads = headsNow();
    unlinkSync(fileOf(dir, 'desk'));
    expect(verifiedFolder(dir)).toMatchObject({ intact: true, findings: [{ kind: 'earlier' }] });
    expect(kindsIn(verifiedFolder(dir, heads))).toEqual(['earlier', 'missing']);
    const log = { files: logFilesIn(dir), streams: [], heads, keys: [], isRunning: () => false };
    expect(verifyLog({ ...log, since: '2026-01-03' })).toMatchObject({ intact: true });
    expect(verifyLog({ ...log, since: '2026-01-02' })).toMatchObject({ intact: false });
  });
});

describe('what is no tampering is told all the same', () => {
  it('a log that was closed in order has nothing to tell', async () => {
    await threeDays();
    expect(verifiedFolder(dir, headsNow())).toMatchObject({ intact: true, findings: [], more: 0, files: 3 });
  });

  it('a torn last line, and one that was continued', async () => {
    const log = openLog(dir, 'desk');
    await log.requests(1);
    const torn = (linesOfFile(fileOf(dir, 'desk')).at(-1) ?? '').slice(0, 50);
    appendFileSync(fileOf(dir, 'desk'), torn);
    expect(verifiedFolder(dir)).toMatchObject({ intact: true, findings: [{ kind: 'torn', line: 6 }] });
    const next = openLog(dir, 'desk', noon + 1000);
    await next.audit.close();
    expect(verifiedFolder(dir)).toMatchObject({ intact: true, findings: [{ kind: 'torn', line: 6 }] });
  });

  it('a use without an end: of a process that was cut off, or of one that runs', async () => {
    const log = openLog(dir, 'desk');
    await log.audit.use('a', useFields);
    expect(verifiedFolder(dir).findings).toMatchObject([{ kind: 'unfinished', line: 3 }]);
    expect(verifiedFolder(dir, [], true).findings).toMatchObject([{ kind: 'open', line: 3 }]);
    openLog(dir, 'desk', noon + 1000);
    expect(verifiedFolder(dir, [], true)).toMatchObject({ intact: true, findings: [{ kind: 'unfinished', line: 3 }] });
  });

  it('no use that ended on another day, nor one that was refused after all', async () => {
    const log = openLog(dir, 'desk');
    await log.audit.use('a', useFields);
    await log.audit.use('b', useFields);
    log.now += day;
    log.audit.end('a', endFields);
    log.audit.refused('b', refusedFields);
    await log.audit.close();
    expect(verifiedFolder(dir).findings).toEqual([]);
    unlinkSync(fileOf(dir, 'desk'));
    expect(verifiedFolder(dir).findings).toMatchObject([{ kind: 'earlier' }]);
  });
});

describe('uses and ends that do not go together are found', () => {
  it.each([
    ['a second end', ['use a', 'end a', 'end a'], 'repeated'],
    ['a second use', ['use a', 'use a', 'end a'], 'repeated'],
    ['a use of an id that has ended', ['use a', 'end a', 'use a'], 'repeated'],
    ['an end without a use', ['end a'], 'unmatched'],
  ])('%s', async (_, steps, kind) => {
    const { audit } = openLog(dir, 'desk');
    for (const step of steps) {
      if (step === 'use a') await audit.use('a', useFields);
      else audit.end('a', endFields);
    }
    await audit.close();
    expect(verifiedFolder(dir)).toMatchObject({ intact: false });
    expect(kindsIn(verifiedFolder(dir))).toContain(kind);
  });
});

describe('a log of rubbish', () => {
  it('is no audit log, is told in bounded many findings, and is not kept in memory', () => {
    writeFileSync(fileOf(dir, 'desk'), '{"seq":5,"prev":"x"}\nrubbish\n'.repeat(5000) + 'x'.repeat(3_000_000));
    const { findings, more, intact } = verifiedFolder(dir);
    expect(intact).toBe(false);
    expect(findings).toHaveLength(1000);
    expect(more).toBeGreaterThan(1000);
  });

  it('under another name is told to hold none', () => {
    const path = join(dir, 'notes');
    writeFileSync(path, 'my diary\n');
    const log = { files: [], heads: [], keys: [], since: undefined, isRunning: () => false };
    expect(verifyLog({ ...log, streams: [path] })).toMatchObject({ intact: false, findings: [{ kind: 'headless' }] });
  });

  it('in an empty file is nothing', () => {
    writeFileSync(fileOf(dir, 'desk'), '');
    truncateSync(fileOf(dir, 'desk'));
    expect(verifiedFolder(dir)).toMatchObject({ intact: true, files: 1, lines: 0 });
  });
});

describe('two folders with files of one name', () => {
  it('are told apart by their folder in the heads', async () => {
    await threeDays();
    const heads = headsNow();
    const moved = `${dir}-moved`;
    renameSync(dir, moved);
    expect(readdirSync(moved)).toContain('desk-2026-01-02.jsonl');
    expect(verifiedFolder(moved, heads)).toMatchObject({ intact: true });
    renameSync(moved, dir);
    const files = logFilesIn(dir);
    const twice = [...files, ...files.map((file) => ({ ...file, path: file.path.replace(dir, `${dir}/.`) }))];
    const log = { streams: [], heads, keys: [], since: undefined, isRunning: () => false };
    expect(verifyLog({ ...log, files: twice })).toMatchObject({ intact: true });
  });
});
