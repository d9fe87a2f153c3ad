import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseRecord } from '../../../src/audit/read/logged-record.js';

describe('a record that is read', () => {
  it('is printable ASCII that means the same, whatever somebody wrote into the file', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
        fc.constantFrom('', '\t', '\r'),
        (fields, space) => {
          const line = `${space}${JSON.stringify({ seq: 1, prev: '', ...fields }).replaceAll('\n', '')}${space}`;
          const parsed = parseRecord(line);
          if (typeof fields['seq'] !== 'undefined' || typeof fields['prev'] !== 'undefined') return;
          expect(parsed?.json).toMatch(/^[\x20-\x7e]*$/);
          expect(JSON.parse(parsed?.json ?? '')).toEqual(JSON.parse(line));
        },
      ),
    );
  });

  it('stays as it is where it is printable', () => {
    const line = '{"seq":1, "prev":"","path":"/\\u001b[31m"}';
    expect(parseRecord(line)?.json).toBe(line);
  });

  it.each([
    ['{"seq":1,"prev":"","time":"2026-01-02T03:04:05.678Z"}', '2026-01-02T03:04:05.678Z'],
    ['{"seq":0,"prev":"","day":"2026-01-02"}', '2026-01-02T00:00:00.000Z'],
    ['{"seq":0,"prev":"","time":7}', ''],
  ])('%s is of %j', (line, time) => {
    expect(parseRecord(line)?.time).toBe(time);
  });

  it.each(['', 'x', '[]', '{"seq":1,"pre'])('%j is none', (line) => {
    expect(parseRecord(line)).toBeUndefined();
  });
});
