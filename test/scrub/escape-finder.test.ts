import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { EscapeFinder } from '../../src/scrub/escape-finder.js';
import { EscapeTable } from '../../src/scrub/escape-table.js';

const table = new EscapeTable([Buffer.from('secret/12345')]);

function positions(bytes: Buffer): number[] {
  const finder = new EscapeFinder(bytes, table);
  const found: number[] = [];
  for (let at = finder.next(0); at < bytes.length; at = finder.next(at + 1)) found.push(at);
  return found;
}

describe('finding escapes', () => {
  it('finds those far apart, and the one at the very end', () => {
    const bytes = Buffer.from(`${' '.repeat(5000)}%2f${' '.repeat(5000)}\\u002f${' '.repeat(9)}&`);
    expect(positions(bytes)).toEqual([5000, 10_003, 10_018]);
  });

  it('finds every one that matters in a run as long as a form, however dense they are', () => {
    const piece = fc.constantFrom('%2f', '\\/', '&sol;', 'secret', '12345', '\\n', '%', ' ', '"', '\xff\xff');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.boolean(), (pieces, afterMany) => {
        const text = (afterMany ? '% '.repeat(200) : '') + pieces.join('');
        const bytes = Buffer.from(text, 'latin1');
        const found = new Set(positions(bytes));
        for (const run of text.matchAll(/[\w%&\\#;/]{12,}/g)) {
          for (let at = run.index; at < run.index + run[0].length; at += 1) {
            if (table.mayBegin(bytes, at)) expect(found).toContain(at);
          }
        }
        for (const at of found) expect(table.mayBegin(bytes, at)).toBe(true);
      }),
    );
  });

  it('finds one at the end of a run that began before it was asked to look', () => {
    const text = `${'% '.repeat(200)}secret12345%2f ${' '.repeat(20)}`;
    const finder = new EscapeFinder(Buffer.from(text), table);
    expect(finder.next(0)).toBe(text.indexOf('%2f'));
    const again = new EscapeFinder(Buffer.from(`%2f ${text}`), table);
    expect(again.next(0)).toBe(0);
    expect(again.next(400)).toBe(text.indexOf('%2f') + 4);
    const late = new EscapeFinder(Buffer.from(text), table);
    late.next(0);
    expect(late.next(text.indexOf('%2f') - 2)).toBe(text.indexOf('%2f'));
  });

  it('passes over random bytes with few finds', () => {
    expect(positions(randomBytes(100_000)).length).toBeLessThan(100);
  });
});
