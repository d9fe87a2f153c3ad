import { basename } from 'node:path';
import type { Head } from '../../src/audit/chain.js';
import { logFilesIn } from '../../src/audit/log-files.js';
import type { Finding } from '../../src/audit/read/finding.js';
import type { FileHead } from '../../src/audit/read/heads.js';
import { InstanceVerifier } from '../../src/audit/read/instance-verifier.js';
import { linesOf } from '../../src/audit/read/lines.js';
import { verifyLog, type LogVerdict } from '../../src/audit/read/verify-log.js';

/** What verifying one file alone finds, as `line kind`, and where it ends. */
export function verified(path: string): { readonly lines: number; readonly head: Head; readonly flaws: string[] } {
  const findings: Finding[] = [];
  const context = { tell: (finding: Finding) => void findings.push(finding), isRunning: () => false, keys: undefined };
  const verifier = new InstanceVerifier(context, false);
  verifier.begin(basename(path));
  let lines = 0;
  for (const line of linesOf(path)) verifier.push(line, (lines += 1));
  const { head } = verifier;
  verifier.end();
  if (head === undefined) throw new TypeError('a chain was begun');
  return { lines, head, flaws: findings.map(({ line, kind }) => `${line ?? ''} ${kind}`.trim()) };
}

/** What verifying a whole folder finds. */
export function verifiedFolder(dir: string, heads: readonly FileHead[] = [], running = false): LogVerdict {
  return verifyLog({
    files: logFilesIn(dir),
    streams: [],
    heads,
    keys: [],
    since: undefined,
    isRunning: () => running,
  });
}

/** The kinds of what was found, each once. */
export function kindsIn({ findings }: LogVerdict): string[] {
  return [...new Set(findings.map(({ kind }) => kind))].toSorted();
}
