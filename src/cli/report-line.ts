import type { Alarm, Report } from '../proxy/services.js';
import { allowingRule } from './allowing-rule.js';
import { printable } from './printable.js';

/** Different refusals told on a terminal in one run; the audit log has them all. */
const mostLines = 50;

/** Codes that a policy could change. */
const policyCodes: ReadonlySet<string> = new Set(['no_policy']);

/** How a policy could be added, where that is known. */
export interface WayOut {
  /** The configuration in which it would be looked for. */
  readonly file?: string;
  /** Started to let nothing out but what reads: no policy is offered. */
  readonly readOnly?: boolean;
}

/**
 * Tells the operator of refusals on stderr, each kind once: what was refused, why, and the line that would allow it.
 * What a caller put into names is escaped: nothing here moves a cursor.
 */
export function refusalTeller(
  write: (text: string) => void,
  { file, readOnly = false }: WayOut = {},
): (report: Report) => void {
  const told = new Set<string>();
  return (report) => {
    const { id, refusal, reason, method, scheme, host, port, path, client } = report;
    const what = `${method} ${scheme}://${host}:${port}${afterPort(path)}`;
    const kind = `${refusal.code} ${what}`;
    if (told.size >= mostLines || told.has(kind)) return;
    told.add(kind);
    const lines = [`keywright: refused ${printable(what)}: ${refusal.message} (${refusal.code}, request ${id})`];
    for (const more of [reason, refusal.hint]) if (more !== undefined) lines.push(`keywright:   ${printable(more)}`);
    if (policyCodes.has(refusal.code) && readOnly) {
      lines.push(
        'keywright:   it was started with --read-only: nothing goes out but what the lists in docs/services.md name.',
      );
    } else if (policyCodes.has(refusal.code) && host !== '') {
      const where = file === undefined ? '' : ` in ${printable(file)}`;
      lines.push(`keywright:   this line under \`policies\`${where} would allow it:`);
      lines.push(`keywright: ${allowingRule({ client, method, host, port, path: path ?? '/' })}`);
    }
    write(`${lines.join('\n')}\n`);
  };
}

/** A path, or what stands for one that is not told. */
function afterPort(path = ''): string {
  return path.startsWith('[') ? ` ${path}` : path;
}

/** What an alarm means, for the log of `serve` and the terminal of `run`. */
export const alarmTexts: Readonly<Record<Alarm['kind'], string>> = {
  credential_echoed: 'the destination answered with the credential it was sent; it was kept from the caller',
  placeholder_misplaced: 'a placeholder was on its way to where it does not belong; it was kept from there',
};

/** Tells the operator of alarms on stderr, each kind once for each destination; the audit log has them all. */
export function alarmTeller(write: (text: string) => void): (alarm: Alarm) => void {
  const told = new Set<string>();
  return ({ id, kind, method, host, port }) => {
    const where = `${host}:${port}`;
    if (told.size >= mostLines || told.has(`${kind} ${where}`)) return;
    told.add(`${kind} ${where}`);
    write(`keywright: ALARM ${printable(`${method} ${where}`)}: ${alarmTexts[kind]} (${kind}, request ${id})\n`);
  };
}
