import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Audit, Sink } from '../../src/audit/index.js';
import { createAudit } from '../../src/audit/log.js';
import { Refusal } from '../../src/core/refusal.js';
import { MissingError } from '../../src/core/usage-error.js';
import { endFields, MemorySink, refusedFields, useFields } from './memory-sink.js';

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
  jest.useFakeTimers();
  elapsed = 0;
  sink = new MemorySink();
  audit = open(sink);
});
afterEach(() => void jest.useRealTimers());

function codeOf(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error instanceof Refusal ? error.code : error;
  }
  return 'nothing was thrown';
}

describe('a failing sink', () => {
  it('lets nothing start', () => {
    sink.failing = true;
    const other = new MemorySink();
    expect(() => open(other, sink)).toThrow(MissingError);
    expect(() => open(other, sink)).toThrow('the audit log cannot be written: ENOSPC');
    expect([other.closed, sink.closed]).toEqual([true, true]);
  });

  it('refuses the request', () => {
    sink.failing = true;
    expect(codeOf(() => audit.use('a', useFields))).toBe('audit_unavailable');
    expect(sink.said).toEqual([]);
  });

  it.each([
    ['end', () => audit.end('a', endFields)],
    ['refused', () => audit.refused('a', refusedFields)],
  ])('does not fail the writer of %s, but refuses every request until that record is written', (kind, write) => {
    sink.failing = true;
    expect(codeOf(write)).toBe('nothing was thrown');
    expect(codeOf(() => audit.use('b', useFields))).toBe('audit_unavailable');
    expect(codeOf(() => audit.use('c', useFields))).toBe('audit_unavailable');
    sink.failing = false;
    audit.use('d', useFields);
    expect(sink.said).toEqual([`${kind} a`, 'use d']);
  });

  it('that fails again while it catches up repeats nothing and refuses', () => {
    sink.failing = true;
    for (const id of ['a', 'b']) audit.end(id, endFields);
    let writes = 0;
    const write = jest.spyOn(sink, 'write').mockImplementation((line) => {
      if ((writes += 1) > 1) throw new Error('full again');
      sink.lines.push(line);
    });
    expect(codeOf(() => audit.use('c', useFields))).toBe('audit_unavailable');
    write.mockRestore();
    sink.failing = false;
    audit.use('d', useFields);
    expect(sink.said).toEqual(['end a', 'end b', 'use d']);
  });

  it('holds back a bounded number of records, and the log then says how many are lost', () => {
    sink.failing = true;
    for (let i = 0; i < 1030; i += 1) audit.end(String(i), endFields);
    sink.failing = false;
    audit.use('x', useFields);
    expect(sink.said.slice(-3)).toEqual(['end 1023', 'lost own2', 'use x']);
    expect(sink.records.at(-2)).toMatchObject({ kind: 'lost', count: 6 });
    audit.use('y', useFields);
    expect(sink.said.at(-2)).toBe('use x');
  });

  it('of two refuses, though the other works', () => {
    const second = new MemorySink();
    const both = open(sink, second);
    second.failing = true;
    expect(codeOf(() => both.use('a', useFields))).toBe('audit_unavailable');
    second.failing = false;
    both.use('b', useFields);
    expect(second.said).toEqual(['use b']);
  });

  const whereFull = fs.existsSync('/dev/full') ? it : it.skip;
  whereFull('is a full disk', () => {
    let disk = fs.openSync('/dev/null', 'w');
    const file = open({ write: (line) => void fs.writeSync(disk, line), close: () => fs.closeSync(disk) });
    file.use('a', useFields);
    fs.closeSync(disk);
    disk = fs.openSync('/dev/full', 'w');
    expect(codeOf(() => file.use('b', useFields))).toBe('audit_unavailable');
    void file.close();
  });

  it('is one that was closed', async () => {
    const closing: Sink = {
      write: () => {
        if (sink.closed) throw new Error('closed');
      },
      close: () => sink.close(),
    };
    const closed = open(closing);
    await closed.close();
    expect(codeOf(() => closed.use('a', useFields))).toBe('audit_unavailable');
  });
});

describe('the audit log', () => {
  it('needs a sink', () => {
    expect(() => open()).toThrow(TypeError);
  });

  it('writes the use before it returns, and one end with the same id', () => {
    audit.use('a', useFields);
    expect(sink.records.at(-1)).toEqual({
      time: '2026-01-02T03:04:05.006Z',
      id: 'a',
      kind: 'use',
      instance: 'desk',
      run: 'run1',
      ...useFields,
    });
    audit.end('a', endFields);
    expect(sink.records.at(-1)).toEqual({
      time: '2026-01-02T03:04:05.006Z',
      id: 'a',
      kind: 'end',
      instance: 'desk',
      run: 'run1',
      ...endFields,
    });
  });

  it('begins with start and ends with stop, once, and closes its sinks', async () => {
    await audit.close();
    await audit.close();
    expect(sink.records.map(({ kind, version }) => [kind, version])).toEqual([
      ['start', '0.1.0'],
      ['stop', undefined],
    ]);
    expect(sink.closed).toBe(true);
  });

  it('keeps the order of what was asked, whatever fails in between, and loses no end or refusal', () => {
    const step = fc.record({ kind: fc.constantFrom('use', 'end', 'refused'), failing: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const memory = new MemorySink();
        const log = open(memory);
        const expected: string[] = [];
        for (const [index, { kind, failing }] of steps.entries()) {
          memory.failing = failing;
          const id = String(index);
          if (kind === 'end') log.end(id, endFields);
          else if (kind === 'refused') log.refused(id, refusedFields);
          else expect(codeOf(() => log.use(id, useFields))).toBe(failing ? 'audit_unavailable' : 'nothing was thrown');
          if (kind !== 'use' || !failing) expected.push(`${kind} ${id}`);
        }
        memory.failing = false;
        log.use('last', useFields);
        expect(memory.said).toEqual([...expected, 'use last']);
      }),
    );
  });
});
