import { writeSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.js';
import { createAudit } from '../../src/audit/log.js';
import { fileSink } from '../../src/audit/file.js';

/** A process that writes records until it is killed, and tells each that was acknowledged, at once: newer Nodes write to a pipe later. `node writer-child.ts DIR [PATH LENGTH]` */
const [, , dir = '', pathLength = '10'] = process.argv;
const sink = fileSink.make({ dir }, { instance: 'child', clock: systemClock });
const audit = createAudit({ sinks: [sink], instance: 'child', clock: systemClock });
const path = '/'.padEnd(Number(pathLength), 'a');

for (let i = 0; ; i += 1) {
  try {
    audit.use(String(i), {
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
  } catch {
    // The disk is full: said on stdout, which is what the test waits for.
    writeSync(1, 'refused\n');
    break;
  }
  writeSync(1, `${i}\n`);
}
