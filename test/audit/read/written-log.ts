import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileSink } from '../../../src/audit/file.js';
import type { Audit } from '../../../src/audit/index.js';
import { createAudit } from '../../../src/audit/log.js';
import { endFields, useFields } from '../memory-sink.js';

export const noon = Date.UTC(2026, 0, 2, 12);
export const day = 86_400_000;

/** A log that writes to `dir` at a time that its test sets. */
export interface WrittenLog {
  now: number;
  readonly audit: Audit;
  /** A use and its end, so many times. */
  requests(count: number, host?: string): Promise<void>;
}

export function openLog(dir: string, instance: string, at = noon, options: object = {}): WrittenLog {
  mkdirSync(dir, { recursive: true });
  const log = { now: at };
  const clock = { now: () => log.now, elapsed: () => log.now };
  const every = { checkpoint_records: 4, checkpoint_interval: 60_000 };
  const sink = fileSink.make({ ...every, dir, ...options }, { instance, clock });
  let ids = 0;
  const about = { version: 'test', pid: 4711, host: 'here' };
  const audit = createAudit({ sinks: [sink], instance, clock, newId: () => `${instance}-own${(ids += 1)}`, about });
  return Object.assign(log, {
    audit,
    async requests(count: number, host = 'api.example.com') {
      for (let i = 0; i < count; i += 1) {
        const id = `${instance}-${(ids += 1)}`;
        await audit.use(id, { ...useFields, host });
        log.now += 10;
        audit.end(id, endFields);
        await turn();
        log.now += 10;
      }
    },
  });
}

export function fileOf(dir: string, instance: string, date = '2026-01-02'): string {
  return join(dir, `${instance}-${date}.jsonl`);
}
