import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { keyInHeader, parseLogFileName, type LogFile } from '../log-files.js';
import { readTail } from '../tail-of-file.js';

/** Where a file stood: to be kept where whoever can change the file cannot. */
export interface FileHead {
  readonly folder: string;
  readonly file: string;
  /** How many lines there were. */
  readonly lines: number;
  /** Hex SHA-256 of the last of them. */
  readonly hash: string;
  /** The public key of its checkpoints, raw in base64url; null where it has none. */
  readonly key: string | null;
}

/** The head of a file, without a line that is being written; undefined for one without a whole record. Throws what reading throws. */
export function headOf({ path, name }: LogFile): FileHead | undefined {
  const descriptor = fs.openSync(path, 'r');
  try {
    const { head } = readTail(descriptor, true);
    if (head.next === 0) return undefined;
    return { folder: dirname(path), file: name, lines: head.next, hash: head.last, key: keyInHeader(path) ?? null };
  } finally {
    fs.closeSync(descriptor);
  }
}

/** `HASH LINES KEY PATH`, a line each. */
export function formatHeads(heads: readonly FileHead[]): string {
  return heads
    .map(({ folder, file, lines, hash, key }) => `${hash} ${lines} ${key ?? '-'} ${join(folder, file)}\n`)
    .join('');
}

/** Reads what `formatHeads` or its JSON wrote. Undefined where it is neither. */
export function parseHeads(text: string): FileHead[] | undefined {
  const heads = text.trimStart().startsWith('{') ? headsInJson(text) : headsInLines(text);
  return heads?.every(isHead) === true ? heads : undefined;
}

function headsInLines(text: string): FileHead[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, hash = '', lines = '', key = '', path = ''] = /^(\S+) (\d+) (\S+) (.+)$/.exec(line) ?? [];
      return { folder: dirname(path), file: basename(path), lines: Number(lines), hash, key: key === '-' ? null : key };
    });
}

function headsInJson(text: string): FileHead[] | undefined {
  try {
    const { heads } = JSON.parse(text) as { heads?: unknown };
    return Array.isArray(heads) ? (heads as FileHead[]) : undefined;
  } catch {
    // Not JSON: so not what was exported.
    return undefined;
  }
}

function isHead(value: Partial<FileHead> | null): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { folder, file, lines, hash, key } = value;
  return (
    typeof folder === 'string' &&
    typeof file === 'string' &&
    parseLogFileName(file) !== undefined &&
    Number.isSafeInteger(lines) &&
    Number(lines) > 0 &&
    typeof hash === 'string' &&
    /^[0-9a-f]{64}$/.test(hash) &&
    (key === null || typeof key === 'string')
  );
}
