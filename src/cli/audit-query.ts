import { matches, recordKinds, type Filter } from '../audit/read/filter.js';
import { Joiner } from '../audit/read/joiner.js';
import { mergedRecords } from '../audit/read/merge.js';
import { UsageError } from '../core/usage-error.js';
import { secretEvents } from '../secrets/index.js';
import type { AuditAction } from './audit-action.js';
import { auditPaths } from './audit-paths.js';
import { textOption, type Invocation } from './command.js';
import { recordRow } from './record-row.js';

/** Output that may wait for its reader, in characters. */
const ahead = 64 * 1024;

/** Prints the records that were asked for, oldest first. */
export const auditQuery: AuditAction = {
  options: ['client', 'host', 'secret', 'policy', 'code', 'kind', 'event', 'backend', 'id', 'since', 'until', 'masked'],
  async run(paths, invocation, terminal) {
    const filter = readFilter(invocation, Date.now());
    const { files, streams } = auditPaths(paths, invocation, terminal);
    const { since, until } = filter;
    const wanted = files.filter(
      ({ day }) =>
        (since === undefined || day >= since.slice(0, 10)) && (until === undefined || day <= until.slice(0, 10)),
    );
    const joiner = new Joiner();
    const json = invocation.values['json'] === true;
    let text = '';
    for (const logged of mergedRecords(wanted, streams)) {
      const record = joiner.join(logged.record);
      if (!matches(filter, record, logged.time)) continue;
      text += json ? `${logged.json}\n` : recordRow(record, logged.time);
      if (text.length < ahead) continue;
      terminal.out(text);
      text = '';
      await terminal.drained?.();
    }
    terminal.out(text);
    return 0;
  },
};

function readFilter(invocation: Invocation, now: number): Filter {
  const { since, until, ...names } = Object.fromEntries(
    auditQuery.options.map((name) => [name, textOption(invocation, name)]),
  );
  const { kind, event, backend } = names;
  const kinds: readonly string[] = recordKinds;
  const events: readonly string[] = secretEvents;
  if (kind !== undefined && !kinds.includes(kind)) {
    throw new UsageError(`there are no records of the kind that --kind gives: it is one of ${kinds.join(', ')}.`);
  }
  if (event !== undefined && !events.includes(event)) {
    throw new UsageError(`there is no event of the name that --event gives: it is one of ${events.join(', ')}.`);
  }
  if ((event ?? backend) !== undefined && kind !== undefined && kind !== 'secret') {
    throw new UsageError('--event and --backend are of records of the kind secret: give no other --kind with them.');
  }
  return {
    ...names,
    masked: invocation.values['masked'] === true,
    since: since === undefined ? undefined : momentOf(since, now),
    until: until === undefined ? undefined : momentOf(until, now),
  };
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** RFC 3339 in UTC with milliseconds: texts of this form compare as their times do. */
function momentOf(text: string, now: number): string {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const isMoment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const at = count !== undefined ? now - Number(count) * (units[unit] ?? 0) : isMoment ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new UsageError('--since and --until take 2026-01-31, 2026-01-31T12:00:00Z, or so long ago: 30m, 2h, 7d.');
  return new Date(at).toISOString();
}
