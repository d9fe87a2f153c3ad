import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogFile } from '../log-files.js';
import { isBookkeeping } from './filter.js';
import { linesOf } from './lines.js';
import { parseRecord, type LoggedRecord } from './logged-record.js';

const blockBytes = 64 * 1024;
/** Where there is no end of a line for so long, there are no records of ours. */
const mostBytes = 64 * 1024 * 1024;

/** The last whole records of a file but the log's own, at most so many, and where they end, in bytes. Reads from the end only. */
export function lastRecords(path: string, most: number): { readonly records: LoggedRecord[]; readonly end: number } {
  const descriptor = fs.openSync(path, 'r');
  try {
    const { size } = fs.fstatSync(descriptor);
    let start = size;
    let text = '';
    while (start > 0 && text.length < mostBytes && count(text, '\n') <= most + 1 + count(text, '"kind":"checkpoint"')) {
      const length = Math.min(blockBytes, start);
      const block = Buffer.alloc(length);
      fs.readSync(descriptor, block, 0, length, (start -= length));
      text = block.toString('latin1') + text;
    }
    const whole = text.lastIndexOf('\n') + 1;
    const lines = text.slice(0, whole).split('\n').slice(0, -1);
    const kept = lines.slice(start > 0 ? 1 : 0).flatMap((line) => parseRecord(line) ?? []);
    const records = kept.filter(({ record }) => !isBookkeeping(record['kind']));
    return { records: most === 0 ? [] : records.slice(-most), end: start + whole };
  } finally {
    fs.closeSync(descriptor);
  }
}

/** The last records of these files together, oldest first, and where each file ends. Reads newest days first, and no more than it takes. */
export function lastOf(
  files: readonly LogFile[],
  most: number,
): { readonly records: LoggedRecord[]; readonly ends: Map<string, number> } {
  const ends = new Map<string, number>();
  let records: LoggedRecord[] = [];
  for (const day of [...new Set(files.map((file) => file.day))].sort().reverse()) {
    const wanted = Math.max(0, most - records.length);
    const found: LoggedRecord[] = [];
    for (const { path } of files.filter((file) => file.day === day)) {
      const last = lastRecords(path, wanted);
      ends.set(path, last.end);
      found.push(...last.records);
    }
    records = [...byTime(found), ...records].slice(-most);
  }
  return { records: most === 0 ? [] : records, ends };
}

/** What is written from now on, a list for each look at the files; `list` tells which there are. Ends when the signal does. */
export async function* followLog(
  list: () => readonly LogFile[],
  ends: Map<string, number>,
  signal: AbortSignal,
  interval: number,
): AsyncGenerator<LoggedRecord[], void, undefined> {
  while (!signal.aborted) {
    const records: LoggedRecord[] = [];
    for (const { path } of list()) {
      const from = ends.get(path) ?? 0;
      const size = fs.statSync(path, { throwIfNoEntry: false })?.size ?? from;
      // Shorter than it was: another file has its name now.
      if (size !== from) ends.set(path, readFrom(path, size < from ? 0 : from, records));
    }
    if (records.length > 0) yield byTime(records);
    await pause(interval, signal);
  }
}

function readFrom(path: string, from: number, records: LoggedRecord[]): number {
  let end = from;
  for (const line of linesOf(path, from)) {
    if (!line.ended) break;
    ({ end } = line);
    const record = parseRecord(line.text);
    if (record !== undefined) records.push(record);
  }
  return end;
}

async function pause(interval: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(interval, undefined, { signal });
  } catch {
    // Ended while it waited: whoever asks again sees the signal.
  }
}

function byTime(records: readonly LoggedRecord[]): LoggedRecord[] {
  return records.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

function count(text: string, part: string): number {
  let found = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) found += 1;
  return found;
}
