import { formatHeads, headOf } from '../audit/read/heads.js';
import type { AuditAction } from './audit-action.js';
import { auditPaths } from './audit-paths.js';

/** Prints where each file stands: to be kept elsewhere, for `audit verify --heads`. */
export const auditHeads: AuditAction = {
  options: [],
  run(paths, invocation, terminal) {
    const heads = auditPaths(paths, invocation, terminal).files.flatMap((file) => headOf(file) ?? []);
    terminal.out(
      invocation.values['json'] === true ? `${JSON.stringify({ version: 1, heads })}\n` : formatHeads(heads),
    );
    return Promise.resolve(0);
  },
};
