import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { logFilesIn } from '../../../src/audit/log-files.js';
import { mergedRecords } from '../../../src/audit/read/merge.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'audit-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const line = (time: string, id: string): string => `{"seq":1,"prev":"","time":"${time}","id":"${id}"}\n`;
const write = (instance: string, date: string, lines: readonly string[]): string => {
  const path = join(dir, `${instance}-${date}.jsonl`);
  writeFileSync(path, lines.join(''));
  return path;
};
const idsOf = (streams: readonly string[] = []): unknown[] =>
  Array.from(mergedRecords(logFilesIn(dir), streams), ({ record }) => record['id']);

describe('records of several files', () => {
  it('come in the order of their times, and those of one file in their own', () => {
    write('a', '2026-01-02', [line('2026-01-02T10', 'a1'), line('2026-01-02T12', 'a2')]);
    write('b', '2026-01-02', [line('2026-01-02T11', 'b1'), line('2026-01-02T09', 'b2'), line('2026-01-02T13', 'b3')]);
    write('b', '2026-01-03', [line('2026-01-03T01', 'b4')]);
    write('c', '2026-01-01', ['torn\n', line('2026-01-01T01', 'c1')]);
    expect(idsOf()).toEqual(['c1', 'a1', 'b1', 'b2', 'a2', 'b3', 'b4']);
  });

  it('come in order from however many files there are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 10, max: 99 }), { maxLength: 6 }), { maxLength: 12 }),
        (files) => {
          rmSync(dir, { recursive: true });
          dir = mkdtempSync(join(tmpdir(), 'audit-'));
          files.forEach((times, i) => {
            write(
              `i${i}`,
              '2026-01-02',
              times.toSorted().map((time) => line(String(time), String(time))),
            );
          });
          expect(idsOf()).toEqual(files.flat().toSorted().map(String));
        },
      ),
      { numRuns: 30 },
    );
  });
});
