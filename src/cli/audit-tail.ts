import { Joiner } from '../audit/read/joiner.js';
import type { LoggedRecord } from '../audit/read/logged-record.js';
import { matches } from '../audit/read/filter.js';
import { followLog, lastOf } from '../audit/read/tail.js';
import { UsageError } from '../core/usage-error.js';
import type { AuditAction } from './audit-action.js';
import { auditPaths } from './audit-paths.js';
import { textOption } from './command.js';
import { recordRow } from './record-row.js';

const defaultLines = '20';
/** Between two looks at the files, milliseconds. */
const interval = 250;

/** Prints the last records, and with `--follow` those that come. */
export const auditTail: AuditAction = {
  options: ['lines', 'follow'],
  async run(paths, invocation, terminal) {
    const lines = textOption(invocation, 'lines') ?? defaultLines;
    if (!/^\d{1,4}$/.test(lines)) throw new UsageError('--lines takes a number from 0 to 9999.');
    const list = () => auditPaths(paths, invocation, terminal).files;
    const joiner = new Joiner();
    const json = invocation.values['json'] === true;
    const show = async (records: readonly LoggedRecord[]): Promise<void> => {
      const shown = records.map(({ json: line, record, time }) => {
        const joined = joiner.join(record);
        if (!matches({}, joined, time)) return '';
        return json ? `${line}\n` : recordRow(joined, time);
      });
      terminal.out(shown.join(''));
      await terminal.drained?.();
    };
    const { streams } = auditPaths(paths, invocation, terminal);
    if (streams.length > 0)
      throw new UsageError('`audit tail` reads files named INSTANCE-DAY.jsonl: use `audit query`.');
    const { records, ends } = lastOf(list(), Number(lines));
    await show(records);
    if (invocation.values['follow'] !== true) return 0;
    const asked = new AbortController();
    const stop = terminal.onSignal((signal) => {
      if (signal === 'SIGINT' || signal === 'SIGTERM' || signal === 'SIGHUP') asked.abort();
    });
    try {
      for await (const more of followLog(list, ends, asked.signal, interval)) await show(more);
    } finally {
      stop();
    }
    return 0;
  },
};
