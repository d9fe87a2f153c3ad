import { longestEscape, readEscape, unfinished } from './escapes.js';
import { edge } from './search.js';

/**
 * Where the end of a cut form at the very beginning of a byte range stops: the longest, of `edge` bytes or more, that
 * nothing but the rest of a cut escape stands before. 0 where there is none; `undecided` where more bytes could tell,
 * which is never so if these are all (`final`): then a range that lies within a form counts whole.
 */
export function endOfCutForm(forms: readonly Buffer[], bytes: Buffer, final: boolean): number {
  // All of them may be the rest of a cut escape, behind which the form goes on.
  if (!final && bytes.length < longestEscape && mayEndEscape.test(bytes.toString('latin1'))) return undecided;
  let end = 0;
  for (let start = 0; start < Math.min(longestEscape, bytes.length); start += 1) {
    if (!mayEndEscape.test(bytes.toString('latin1', 0, start))) continue;
    for (const form of forms) {
      for (let offset = 1; offset <= form.length - edge; offset += 1) {
        const reached = spell(form, offset, bytes, start);
        if (reached === undecided && !final) return undecided;
        if (reached !== undecided) end = Math.max(end, reached);
        else if (bytes.length - start >= edge) return bytes.length;
      }
    }
  }
  return end;
}

export const undecided = -2;
const mayEndEscape = /^[\w#\\]*[;"/]?$/;
const failed = -1;

/** Where the form from `offset` on ends, if it is spelled at `at`; `undecided` where the bytes end first. */
function spell(form: Buffer, offset: number, bytes: Buffer, at: number): number {
  let i = offset;
  let position = at;
  while (i < form.length) {
    if (position >= bytes.length) return undecided;
    const escape = readEscape(bytes, position);
    if (escape === unfinished) return undecided;
    if (escape?.decoded.every((byte, k) => form[i + k] === byte) === true) {
      const rest = spell(form, i + escape.decoded.length, bytes, position + escape.length);
      if (rest !== failed) return rest;
    }
    if (bytes[position] !== form[i]) return failed;
    i += 1;
    position += 1;
  }
  return position;
}
