import type { LogFile } from '../log-files.js';
import { linesOf } from './lines.js';
import { parseRecord, type LoggedRecord } from './logged-record.js';

/** All records of these files in the order of their times; each file's own stay in their order. Throws what reading throws. */
export function* mergedRecords(
  files: readonly LogFile[],
  streams: readonly string[],
): Generator<LoggedRecord, void, undefined> {
  // A day at a time: years of files are not read side by side.
  const days = [...new Set(files.map(({ day }) => day))].sort();
  const paths = (day: string): string[] => files.filter((file) => file.day === day).map(({ path }) => path);
  if (streams.length > 0) yield* merge([...streams, ...files.map(({ path }) => path)]);
  else for (const day of days) yield* merge(paths(day));
}

interface Cursor {
  readonly current: LoggedRecord;
  /** The latest time so far: a clock that was set back does not bring what came later to the front. */
  readonly time: string;
  readonly rest: Generator<LoggedRecord, void, undefined>;
}

function* merge(paths: readonly string[]): Generator<LoggedRecord, void, undefined> {
  const cursors: Cursor[] = [];
  for (const path of paths) advance(cursors, recordsOf(path), '');
  for (let first = cursors.shift(); first !== undefined; first = cursors.shift()) {
    yield first.current;
    advance(cursors, first.rest, first.time);
  }
}

/** Puts the next record of a file in its place among those of the others. */
function advance(cursors: Cursor[], rest: Cursor['rest'], before: string): void {
  const next = rest.next();
  if (next.done === true) return;
  const time = next.value.time > before ? next.value.time : before;
  let [low, high] = [0, cursors.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cursors[middle]?.time ?? '') <= time) low = middle + 1;
    else high = middle;
  }
  cursors.splice(low, 0, { current: next.value, time, rest });
}

function* recordsOf(path: string): Generator<LoggedRecord, void, undefined> {
  for (const { text } of linesOf(path)) {
    const record = parseRecord(text);
    if (record !== undefined) yield record;
  }
}
