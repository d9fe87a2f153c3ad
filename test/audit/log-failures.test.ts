import fs from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Audit, Sink } from '../../src/audit/index.js';
import { createAudit } from '../../src/audit/log.js';
import { MissingError } from '../../src/core/usage-error.js';
import { endFields, MemorySink, outcomeOf, refusedFields, useFields } from './memory-sink.js';

let sink: MemorySink;
let audit: Audit;
let elapsed: number;
const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6), elapsed: () => elapsed };
const open = (...sinks: Sink[]): Audit => {
  let ids = 0;
  return createAudit({
    sinks,
    instance: 'desk',
    run: 'run1',
    clock,
    newId: () => `own${(ids += 1)}`,
    about: { version: '0.1.0' },
  });
};

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  elapsed = 0;
  sink = new MemorySink();
  audit = open(sink);
});
afterEach(() => void jest.useRealTimers());

const used = (log: Audit, id: string): Promise<unknown> => outcomeOf(log.use(id, useFields));

describe('a failing sink', () => {
  it('lets nothing start', () => {
    sink.failing = true;
    const other = new MemorySink();
    expect(() => open(other, sink)).toThrow(MissingError);
    expect(() => open(other, sink)).toThrow('the audit log cannot be written: ENOSPC');
    expect([other.closed, sink.closed]).toEqual([true, true]);
  });

  it('refuses every request of its batch', async () => {
    sink.failing = true;
    const uses = ['a', 'b', 'c'].map((id) => used(audit, id));
    expect(await Promise.all(uses)).toEqual(Array(3).fill('audit_unavailable'));
    expect(sink.said).toEqual([]);
  });

  it('that takes a part of a batch refuses all of it, and keeps the rest of what lasts', async () => {
    sink.room = 2;
    audit.end('a', endFields);
    const uses = [used(audit, 'b'), used(audit, 'c')];
    audit.end('d', endFields);
    expect(await Promise.all(uses)).toEqual(['audit_unavailable', 'audit_unavailable']);
    sink.room = 9;
    expect(await used(audit, 'e')).toBe('written');
    expect(sink.said).toEqual(['end a', 'use b', 'end d', 'use e']);
  });

  it.each([
    ['end', () => audit.end('a', endFields)],
    ['refused', () => audit.refused('a', refusedFields)],
  ])('does not fail the writer of %s, but refuses every request until that record is written', async (kind, write) => {
    sink.failing = true;
    write();
    expect(await used(audit, 'b')).toBe('audit_unavailable');
    expect(await used(audit, 'c')).toBe('audit_unavailable');
    sink.failing = false;
    expect(await used(audit, 'd')).toBe('written');
    expect(sink.said).toEqual([`${kind} a`, 'use d']);
  });

  it('that fails again while it catches up repeats nothing and refuses', async () => {
    sink.failing = true;
    for (const id of ['a', 'b']) audit.end(id, endFields);
    await turn();
    sink.failing = false;
    sink.room = 1;
    expect(await used(audit, 'c')).toBe('audit_unavailable');
    sink.room = 9;
    expect(await used(audit, 'd')).toBe('written');
    expect(sink.said).toEqual(['end a', 'end b', 'use d']);
  });

  it('holds back a bounded number of records, and the log then says how many are lost', async () => {
    sink.failing = true;
    for (let i = 0; i < 1030; i += 1) audit.end(String(i), endFields);
    await turn();
    sink.failing = false;
    await audit.use('x', useFields);
    expect(sink.said.slice(-3)).toEqual(['end 1023', 'lost own2', 'use x']);
    expect(sink.records.at(-2)).toMatchObject({ kind: 'lost', count: 6 });
    await audit.use('y', useFields);
    expect(sink.said.at(-2)).toBe('use x');
  });

  it('of two refuses, though the other works', async () => {
    const second = new MemorySink();
    const both = open(sink, second);
    second.failing = true;
    expect(await used(both, 'a')).toBe('audit_unavailable');
    second.failing = false;
    expect(await used(both, 'b')).toBe('written');
    expect(second.said).toEqual(['use b']);
  });

  const whereFull = fs.existsSync('/dev/full') ? it : it.skip;
  whereFull('is a full disk', async () => {
    let disk = fs.openSync('/dev/null', 'w');
    const file = open({
      write: (records) => {
        fs.writeSync(disk, records.join('\n'));
        return { count: records.length };
      },
      close: () => fs.closeSync(disk),
    });
    expect(await used(file, 'a')).toBe('written');
    fs.closeSync(disk);
    disk = fs.openSync('/dev/full', 'w');
    expect(await used(file, 'b')).toBe('audit_unavailable');
    void file.close();
  });

  it('is one that was closed', async () => {
    await audit.close();
    sink.failing = true;
    expect(await used(audit, 'a')).toBe('audit_unavailable');
  });
});
