import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Audit } from '../../src/audit/index.js';
import { createAudit } from '../../src/audit/log.js';
import { Noise } from '../../src/audit/noise.js';
import { MemorySink } from './memory-sink.js';

describe('noise', () => {
  it('takes no more memory, however many codes and addresses there are', () => {
    const noise = new Noise();
    for (let i = 0; i < 10_000; i += 1) noise.count(`code${i}`, `address${i}`, 1000);
    const report = noise.report(3000);
    expect(Object.keys(report.counts)).toHaveLength(65);
    expect(report.counts['other']).toBe(10_000 - 64);
    expect(report.client_addresses).toHaveLength(16);
    expect(report.seconds).toBe(2);
  });

  it('begins afresh after it was cleared', () => {
    const noise = new Noise();
    expect(noise.empty).toBe(true);
    noise.count('caller_wrong', '192.0.2.1', 0);
    expect(noise.empty).toBe(false);
    noise.clear();
    expect(noise.empty).toBe(true);
    noise.count('caller_unknown', '192.0.2.2', 60_000);
    expect(noise.report(61_000)).toEqual({
      counts: { caller_unknown: 1 },
      client_addresses: ['192.0.2.2'],
      seconds: 1,
    });
  });
});

describe('noise in the audit log', () => {
  let sink: MemorySink;
  let audit: Audit;
  let elapsed: number;
  const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6), elapsed: () => elapsed };

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    elapsed = 0;
    sink = new MemorySink();
    audit = createAudit({ sinks: [sink], instance: 'desk', clock, newId: () => 'own' });
  });
  afterEach(() => void jest.useRealTimers());

  it('is one record a minute, counted by code, never one each', async () => {
    for (let i = 0; i < 500; i += 1) audit.noise('caller_unknown', '192.0.2.1');
    for (let i = 0; i < 3; i += 1) audit.noise('caller_wrong', '192.0.2.2');
    elapsed = 60_000;
    jest.advanceTimersByTime(59_999);
    await turn();
    expect(sink.said).toEqual([]);
    jest.advanceTimersByTime(1);
    await turn();
    expect(sink.records.slice(1)).toEqual([
      {
        time: '2026-01-02T03:04:05.006Z',
        id: 'own',
        kind: 'noise',
        instance: 'desk',
        counts: { caller_unknown: 500, caller_wrong: 3 },
        client_addresses: ['192.0.2.1', '192.0.2.2'],
        seconds: 60,
      },
    ]);
    jest.advanceTimersByTime(600_000);
    await turn();
    expect(sink.said).toHaveLength(1);
  });

  it('is written at close', async () => {
    audit.noise('caller_unknown', '192.0.2.1');
    await audit.close();
    expect(sink.records.map(({ kind }) => kind)).toEqual(['start', 'noise', 'stop']);
  });

  it('does not keep the process alive, and starts no timer after close', async () => {
    const timer = jest.spyOn(globalThis, 'setTimeout');
    audit.noise('caller_unknown', '192.0.2.1');
    expect((timer.mock.results[0]?.value as NodeJS.Timeout).hasRef()).toBe(false);
    await audit.close();
    audit.noise('caller_unknown', '192.0.2.1');
    expect(timer).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});
