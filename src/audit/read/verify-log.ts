import { dirname } from 'node:path';
import { parseLink } from '../chain.js';
import type { LogFile } from '../log-files.js';
import { isSuspicious, type Finding } from './finding.js';
import type { FileHead } from './heads.js';
import { InstanceVerifier, type VerifyContext } from './instance-verifier.js';
import { linesOf } from './lines.js';

export interface LogToVerify {
  /** Files of the `file` sink, oldest day first. */
  readonly files: readonly LogFile[];
  /** Captured output of the `stdout` sink, or a file under another name: chains of several instances, one after the other or mixed. */
  readonly streams: readonly string[];
  /** What was exported before: nothing up to there may differ. */
  readonly heads: readonly FileHead[];
  /** The keys that may sign; empty where only the headers are known. */
  readonly keys: readonly string[];
  /** Heads of days before this one (`YYYY-MM-DD`) are not looked for: their files were cleared away. */
  readonly since: string | undefined;
  readonly isRunning: VerifyContext['isRunning'];
}

export interface LogVerdict {
  readonly files: number;
  readonly lines: number;
  readonly findings: readonly Finding[];
  /** Findings beyond those that are listed. */
  readonly more: number;
  /** Whether there is no sign of tampering. */
  readonly intact: boolean;
}

/** Findings that are kept: a log of rubbish has no end of them. */
const mostFindings = 1000;

/** Verifies all files of a log: each chain, the links between days, the heads kept elsewhere, uses and ends. Throws what reading throws. */
export function verifyLog(log: LogToVerify): LogVerdict {
  const findings: Finding[] = [];
  let more = 0;
  let intact = true;
  const tell = (finding: Finding): void => {
    if (isSuspicious(finding)) intact = false;
    if (findings.length < mostFindings) findings.push(finding);
    else more += 1;
  };
  const pinned = [...log.keys, ...log.heads.flatMap(({ key }) => key ?? [])];
  const context = {
    tell,
    isRunning: log.isRunning,
    keys: pinned.length === 0 ? undefined : new Set(pinned),
    tellUnsigned: log.keys.length > 0,
  };
  let lines = 0;
  for (const files of byInstance(log.files)) lines += verifyFiles(files, log, context);
  for (const stream of log.streams) lines += verifyStream(stream, context);
  for (const head of log.heads) {
    const isHere = log.files.some((file) => expectedIn(file, [head], log.files) !== undefined);
    const isCleared = log.since !== undefined && (/\d{4}-\d\d-\d\d(?=\.jsonl$)/.exec(head.file)?.[0] ?? '') < log.since;
    if (!isHere && !isCleared)
      tell({ kind: 'missing', file: head.file, what: 'the file is gone, and its head was kept' });
  }
  return { files: log.files.length + log.streams.length, lines, findings, more, intact };
}

function byInstance(files: readonly LogFile[]): Iterable<readonly LogFile[]> {
  const instances = new Map<string, LogFile[]>();
  for (const file of files) {
    const key = `${file.instance} ${dirname(file.path)}`;
    instances.set(key, [...(instances.get(key) ?? []), file]);
  }
  return instances.values();
}

function verifyFiles(files: readonly LogFile[], { files: all, heads }: LogToVerify, context: VerifyContext): number {
  const verifier = new InstanceVerifier(context, false);
  let lines = 0;
  for (const file of files) {
    const expected = expectedIn(file, heads, all);
    let proven = expected === undefined;
    let number = 0;
    verifier.begin(file.name);
    for (const line of linesOf(file.path)) {
      number += 1;
      verifier.push(line, number);
      if (number === expected?.lines) proven = line.hash === expected.hash && line.ended;
    }
    verifier.endChain();
    lines += number;
    if (proven || expected === undefined) continue;
    context.tell(
      number < expected.lines
        ? {
            kind: 'truncated',
            file: file.name,
            what: `${number} lines are left of ${expected.lines} when its head was kept`,
          }
        : {
            kind: 'altered',
            file: file.name,
            line: expected.lines,
            what: 'not the line that the head kept elsewhere names',
          },
    );
  }
  verifier.end();
  return lines;
}

/** The head that was kept of a file; by its name alone where no other folder has that name. */
function expectedIn(file: LogFile, heads: readonly FileHead[], files: readonly LogFile[]): FileHead | undefined {
  const named = heads.filter((head) => head.file === file.name);
  const here = named.find((head) => head.folder === dirname(file.path));
  return here ?? (files.filter(({ name }) => name === file.name).length === 1 ? named[0] : undefined);
}

function verifyStream(path: string, context: VerifyContext): number {
  const instances = new Map<string, InstanceVerifier>();
  let number = 0;
  for (const line of linesOf(path)) {
    number += 1;
    const record = parseLink(line.text)?.record;
    const instance = record?.['instance'];
    if (typeof instance !== 'string') {
      // A torn record of one of them, or the line of another program.
      for (const verifier of instances.values()) verifier.push(line, number);
      continue;
    }
    const known = instances.get(instance);
    const verifier = known ?? new InstanceVerifier(context, true);
    instances.set(instance, verifier);
    if (known === undefined || record?.['kind'] === 'header') verifier.begin(path);
    verifier.push(line, number);
  }
  for (const verifier of instances.values()) verifier.end();
  if (instances.size === 0 && number > 0)
    context.tell({ kind: 'headless', file: path, what: 'nothing in it is an audit record' });
  return number;
}
