import { writeSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.js';
import { createAudit } from '../../src/audit/log.js';
import { fileSink } from '../../src/audit/file.js';

/**
 * A process that writes records until it is killed, several in each turn, and tells each that was acknowledged, at once: newer
 * Nodes write to a pipe later. `node writer-child.ts DIR [PATH LENGTH [INSTANCE [BATCHES]]]`
 */
const [, , dir = '', pathLength = '10', instance = 'child', batches = 'Infinity'] = process.argv;
const sink = fileSink.make(
  { dir, checkpoint_records: 100, checkpoint_interval: 60_000 },
  { instance, clock: systemClock },
);
const about = { pid: process.pid, host: 'elsewhere' };
const audit = createAudit({ sinks: [sink], instance, clock: systemClock, about });
const path = '/'.padEnd(Number(pathLength), 'a');

async function use(id: string): Promise<void> {
  await audit.use(id, {
    client_address: '127.0.0.1',
    method: 'GET',
    scheme: 'https',
    host: 'api.example.com',
    port: 443,
    path,
    policy: 'p',
    policy_rev: '1',
    decision: 'allow',
    secrets: [],
    injected: [],
    upstream_address: '192.0.2.1',
    vetting: 'public',
  });
}

try {
  for (let i = 0; i < Number(batches); i += 1) {
    const ids = Array.from({ length: 1 + (i % 5) }, (_, n) => `${instance}-${i}-${n}`);
    await Promise.all(ids.map(use));
    writeSync(1, ids.map((id) => `${id}\n`).join(''));
    for (const id of ids) audit.end(id, { code: 'ok', bytes_in: 0, bytes_out: 0, duration_ms: 1, masked: 0 });
  }
  await audit.close();
} catch {
  // The disk is full: said on stdout, which is what the test waits for.
  writeSync(1, 'refused\n');
}
