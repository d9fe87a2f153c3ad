import type { Report } from '../proxy/services.js';
import { allowingRule } from './allowing-rule.js';
import { printable } from './printable.js';

/** Different refusals told on a terminal in one run; the audit log has them all. */
const mostLines = 50;

/** Codes that a policy could change. */
const policyCodes: ReadonlySet<string> = new Set(['no_policy']);

/**
 * Tells the operator of refusals on stderr, each kind once: what was refused, why, and the line that would allow it.
 * What a caller put into names is escaped: nothing here moves a cursor.
 */
export function refusalTeller(write: (text: string) => void): (report: Report) => void {
  const told = new Set<string>();
  return (report) => {
    const { id, refusal, reason, method, scheme, host, port, path, client } = report;
    const what = `${method} ${scheme}://${host}:${port}${path ?? ''}`;
    const kind = `${refusal.code} ${what}`;
    if (told.size >= mostLines || told.has(kind)) return;
    told.add(kind);
    const lines = [`keywright: refused ${printable(what)}: ${refusal.message} (${refusal.code}, request ${id})`];
    for (const more of [reason, refusal.hint]) if (more !== undefined) lines.push(`keywright:   ${printable(more)}`);
    if (policyCodes.has(refusal.code) && host !== '') {
      lines.push('keywright:   this line under `policies` would allow it:');
      lines.push(`keywright: ${allowingRule({ client, method, host, port, path: path ?? '/' })}`);
    }
    write(`${lines.join('\n')}\n`);
  };
}
