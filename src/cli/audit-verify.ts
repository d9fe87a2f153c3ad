import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from '../core/error-code.js';
import { MissingError, UsageError } from '../core/usage-error.js';
import { isSuspicious, type Finding } from '../audit/read/finding.js';
import { parseHeads, type FileHead } from '../audit/read/heads.js';
import type { ProcessName } from '../audit/read/instance-verifier.js';
import { verifyLog, type LogVerdict } from '../audit/read/verify-log.js';
import type { AuditAction } from './audit-action.js';
import { auditPaths } from './audit-paths.js';
import { listOption, textOption } from './command.js';
import { printable } from './printable.js';

/** Tells whether anybody changed the log. */
export const auditVerify: AuditAction = {
  options: ['heads', 'key', 'since'],
  run(paths, invocation, terminal) {
    const since = textOption(invocation, 'since');
    if (since !== undefined && !/^\d{4}-\d\d-\d\d$/.test(since))
      throw new UsageError('--since takes a day: 2026-01-31.');
    const headsFile = textOption(invocation, 'heads');
    const verdict = verifyLog({
      ...auditPaths(paths, invocation, terminal),
      heads: headsFile === undefined ? [] : readHeads(headsFile),
      keys: listOption(invocation, 'key'),
      since,
      isRunning,
    });
    terminal.out(invocation.values['json'] === true ? `${JSON.stringify(verdict)}\n` : inWords(verdict));
    return Promise.resolve(verdict.intact ? 0 : 1);
  },
};

function readHeads(path: string): readonly FileHead[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new MissingError('the file of heads is missing or cannot be read.', { cause: error });
  }
  const heads = parseHeads(text);
  if (heads === undefined || heads.length === 0)
    throw new UsageError('the file of heads holds something else than what `keywright audit heads` prints.');
  return heads;
}

/** On this machine and visible from here; a number that was given to another process since only makes it say less. */
function isRunning({ pid, host }: ProcessName): boolean {
  if (host !== hostname()) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

function inWords({ files, lines, findings, more, intact }: LogVerdict): string {
  const listed = findings.toSorted((a, b) => Number(isSuspicious(b)) - Number(isSuspicious(a))).map(findingLine);
  const counts = `${files} ${files === 1 ? 'file' : 'files'}, ${lines} lines`;
  const summary = intact ? `${counts}: no sign of tampering.` : `${counts}: THE LOG WAS CHANGED.`;
  return [summary, ...listed, ...(more === 0 ? [] : [`  and ${more} more`]), ''].join('\n');
}

function findingLine({ kind, file, line, what }: Finding): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return `  ${kind.padEnd(11)} ${printable(place)}  ${printable(what)}`;
}
