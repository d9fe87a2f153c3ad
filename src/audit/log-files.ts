import fs from 'node:fs';
import { join } from 'node:path';
import { parseLink } from './chain.js';

/** A file of the `file` sink by its name, `<instance>-<YYYY-MM-DD>.jsonl`. */
export interface LogFile {
  readonly path: string;
  readonly name: string;
  readonly instance: string;
  readonly day: string;
}

/** The names of instances that files can be named after. */
export const instanceName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export function logFileName(instance: string, day: string): string {
  return `${instance}-${day}.jsonl`;
}

/** Undefined for the name of any other file. */
export function parseLogFileName(name: string): Pick<LogFile, 'instance' | 'day'> | undefined {
  const [, instance, day] = /^(.+)-(\d{4}-\d\d-\d\d)\.jsonl$/.exec(name) ?? [];
  return instance === undefined || day === undefined || !instanceName.test(instance) ? undefined : { instance, day };
}

/** The audit files of a folder, oldest day first. Throws what the system throws. */
export function logFilesIn(dir: string): LogFile[] {
  const files = fs.readdirSync(dir).flatMap((name): LogFile[] => {
    const parsed = parseLogFileName(name);
    return parsed === undefined ? [] : [{ path: join(dir, name), name, ...parsed }];
  });
  return files.sort((a, b) => compare(a.day, b.day) || compare(a.instance, b.instance));
}

const firstLineBytes = 4096;

/** The key that a file's header says its checkpoints are signed with; undefined where it names none. */
export function keyInHeader(path: string): string | undefined {
  const descriptor = fs.openSync(path, 'r');
  try {
    const start = Buffer.alloc(firstLineBytes);
    const length = fs.readSync(descriptor, start, 0, firstLineBytes, 0);
    const [line = ''] = start.toString('latin1', 0, length).split('\n', 1);
    const key = parseLink(line)?.record['key'];
    return typeof key === 'string' ? key : undefined;
  } finally {
    fs.closeSync(descriptor);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
