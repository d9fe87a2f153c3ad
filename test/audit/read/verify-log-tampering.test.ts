import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { headerRecord, link, emptyHead } from '../../../src/audit/chain.js';
import { checkpointRecord } from '../../../src/audit/checkpoint.js';
import { logFilesIn } from '../../../src/audit/log-files.js';
import { headOf, type FileHead } from '../../../src/audit/read/heads.js';
import { verifyLog } from '../../../src/audit/read/verify-log.js';
import { testSigner } from '../signer.js';
import { kindsIn, verifiedFolder } from '../verified.js';
import { fileOf, openLog } from './written-log.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'audit-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const linesOfFile = (path: string): string[] => readFileSync(path, 'latin1').split('\n').slice(0, -1);
const rewrite = (path: string, lines: readonly string[]): void =>
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''), 'latin1');
const headsNow = (): FileHead[] => logFilesIn(dir).flatMap((file) => headOf(file) ?? []);

describe('tampering with one file is found', () => {
  const file = (): string => fileOf(dir, 'desk');
  const changes: [string, (lines: string[]) => string[], string[]][] = [
    ['a record that was altered', (l) => l.with(3, (l[3] ?? '').replace('"status":200', '"status":201')), ['altered']],
    ['a record that was removed', (l) => l.toSpliced(3, 1), ['removed']],
    ['several records that were removed', (l) => l.toSpliced(2, 4), ['removed']],
    ['the header removed', (l) => l.slice(1), ['removed']],
    ['two records that changed places', (l) => l.with(3, l[4] ?? '').with(4, l[3] ?? ''), ['reordered']],
    ['a record that was moved far', (l) => [...l.toSpliced(2, 1), l[2] ?? ''], ['reordered']],
    ['a record that was repeated', (l) => l.toSpliced(3, 0, l[3] ?? ''), ['inserted']],
    ['a record that was made up', (l) => l.toSpliced(3, 0, '{"seq":3,"prev":"","kind":"use"}'), ['inserted']],
    ['a line of rubbish', (l) => l.toSpliced(3, 0, 'rubbish'), ['inserted']],
    ['a record made rubbish', (l) => l.with(3, 'rubbish'), ['altered']],
    ['rubbish at the end', (l) => [...l, 'rubbish'], ['inserted']],
  ];

  it.each(changes)('%s', async (_, change, kinds) => {
    const log = openLog(dir, 'desk');
    await log.requests(4);
    await log.audit.close();
    rewrite(file(), change(linesOfFile(file())));
    const verdict = verifiedFolder(dir);
    expect(verdict.intact).toBe(false);
    expect(kindsIn(verdict)).toEqual(expect.arrayContaining(kinds));
    const chain = kindsIn(verdict).filter((kind) => !['repeated', 'unmatched', 'unfinished', 'forged'].includes(kind));
    expect(chain).toEqual(kinds);
  });

  it('a chain that was made up whole, but not signed', async () => {
    const log = openLog(dir, 'desk');
    await log.requests(4);
    await log.audit.close();
    const [, ...records] = linesOfFile(file()).map((line) => line.replace(/^\{"seq":\d+,"prev":"\w+",/, '{'));
    const { key } = JSON.parse(linesOfFile(file())[0] ?? '') as { key: string };
    let head = emptyHead;
    const forged = [headerRecord({ instance: 'desk', day: '2026-01-02' }, undefined, key), ...records].map((record) => {
      const next = link(head, record.replace('"status":200', '"status":500'));
      ({ head } = next);
      return next.line.trimEnd();
    });
    rewrite(file(), forged);
    expect(kindsIn(verifiedFolder(dir))).toEqual(['forged']);
  });

  it('a chain that was made up whole and signed with another key, where the right one is known', async () => {
    const log = openLog(dir, 'desk');
    await log.requests(1);
    const heads = headsNow();
    await log.audit.close();
    const signer = testSigner();
    const header = link(emptyHead, headerRecord({ instance: 'desk', day: '2026-01-02' }, undefined, signer.key));
    const fields = { time: 'x', instance: 'desk', day: '2026-01-02', reason: 'stop' };
    const { line } = link(header.head, checkpointRecord(signer, header.head, fields));
    writeFileSync(file(), header.line + line);
    expect(kindsIn(verifiedFolder(dir))).toEqual([]);
    expect(kindsIn(verifiedFolder(dir, heads))).toEqual(['forged', 'truncated']);
    const keys = [heads[0]?.key ?? ''];
    const log2 = { files: logFilesIn(dir), streams: [], heads: [], since: undefined, isRunning: () => false };
    expect(kindsIn(verifyLog({ ...log2, keys }))).toEqual(['forged']);
  });

  it.each([true, false])(
    'a chain that was made up whole and left unsigned, the key of the right one named: %s',
    async (named) => {
      const log = openLog(dir, 'desk');
      await log.requests(3);
      await log.audit.close();
      const key = headsNow()[0]?.key ?? '';
      const log2 = { streams: [], heads: [], since: undefined, keys: [key], isRunning: () => false };
      expect(verifyLog({ ...log2, files: logFilesIn(dir) }).findings).toEqual([]);
      let head = emptyHead;
      const records = linesOfFile(file()).filter((line) => line !== '' && !line.includes('"kind":"checkpoint"'));
      const made = records.map((line) => {
        const { seq, prev, ...record } = JSON.parse(line) as Record<string, unknown>;
        expect([seq, prev]).not.toContain(undefined);
        if (!named) delete record['key'];
        const next = link(head, JSON.stringify(record).replace('api.example.com', 'elsewhere.example.com'));
        ({ head } = next);
        return next.line;
      });
      writeFileSync(file(), made.join(''));
      expect(verifyLog({ ...log2, files: logFilesIn(dir) }).findings).toMatchObject([
        { kind: 'unsigned', line: 1, what: `no checkpoint covers lines 1 to ${made.length}: no key vouches for them` },
      ]);
    },
  );
});

describe('any single change before the kept head is found', () => {
  const change = fc.oneof(
    fc.record({ what: fc.constant('flip' as const), at: fc.nat(), by: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ what: fc.constant('remove' as const), at: fc.nat() }),
    fc.record({ what: fc.constant('repeat' as const), at: fc.nat(), by: fc.nat() }),
    fc.record({ what: fc.constant('swap' as const), at: fc.nat(), by: fc.nat() }),
    fc.record({ what: fc.constant('insert' as const), at: fc.nat(), text: fc.string() }),
    fc.record({ what: fc.constant('cut' as const), at: fc.nat() }),
    fc.record({ what: fc.constant('delete bytes' as const), at: fc.nat(), by: fc.integer({ min: 1, max: 400 }) }),
  );

  it('whatever it is: a byte, a line, an end', async () => {
    const log = openLog(dir, 'desk');
    await log.requests(6);
    const heads = headsNow();
    await log.requests(2);
    await log.audit.close();
    const file = fileOf(dir, 'desk');
    const whole = readFileSync(file);
    const proven = Buffer.byteLength(linesOfFile(file).slice(0, heads[0]?.lines).join('\n')) + 1;
    expect(verifiedFolder(dir, heads)).toMatchObject({ intact: true });
    fc.assert(
      fc.property(change, (how) => {
        const changed = applied(how, whole.subarray(0, proven), whole.subarray(proven));
        if (changed.subarray(0, proven).equals(whole.subarray(0, proven))) return;
        writeFileSync(file, changed);
        expect(verifiedFolder(dir, heads)).toMatchObject({ intact: false });
      }),
      { numRuns: 400 },
    );
  });

  function applied(
    how: { what: string; at: number; by?: number; text?: string },
    before: Buffer,
    after: Buffer,
  ): Buffer {
    const at = how.at % before.length;
    const by = how.by ?? 0;
    const lines = before.toString('latin1').split('\n').slice(0, -1);
    const n = how.at % lines.length;
    const joined = (changed: readonly string[]): Buffer =>
      Buffer.concat([Buffer.from(changed.map((line) => `${line}\n`).join(''), 'latin1'), after]);
    switch (how.what) {
      case 'flip': {
        const bytes = Buffer.concat([before, after]);
        bytes[at] = (bytes[at] ?? 0) ^ by;
        return bytes;
      }
      case 'remove':
        return joined(lines.toSpliced(n, 1));
      case 'repeat':
        return joined(lines.toSpliced(by % lines.length, 0, lines[n] ?? ''));
      case 'swap': {
        const m = by % lines.length;
        return joined(lines.with(n, lines[m] ?? '').with(m, lines[n] ?? ''));
      }
      case 'insert':
        return joined(lines.toSpliced(n, 0, how.text ?? ''));
      case 'cut':
        return before.subarray(0, at);
      default:
        return Buffer.concat([before.subarray(0, at), before.subarray(at + by), after]);
    }
  }
});
