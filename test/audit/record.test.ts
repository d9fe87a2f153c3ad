import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asciiJson, recordLine } from '../../src/audit/record.js';

const head = { time: '2026-01-02T03:04:05.678Z', id: 'r1', kind: 'refused', instance: 'desk' } as const;

describe('a record', () => {
  it.each([
    ['a line feed', '\n', '\\n'],
    ['a carriage return', '\r', '\\r'],
    ['NUL', '\0', '\\u0000'],
    ['ESC', '\x1b', '\\u001b'],
    ['DEL', '\x7f', '\\u007f'],
    ['CSI (a C1 control)', '\x9b', '\\u009b'],
    ['NEL (a C1 control)', '\x85', '\\u0085'],
    ['a right-to-left override', '\u202e', '\\u202e'],
    ['a right-to-left isolate', '\u2067', '\\u2067'],
    ['a zero-width space', '\u200b', '\\u200b'],
    ['a byte order mark', '\ufeff', '\\ufeff'],
    ['a line separator', '\u2028', '\\u2028'],
    ['a letter of another script', 'é', '\\u00e9'],
    ['a pair of surrogates', '😀', '\\ud83d\\ude00'],
    ['half a pair, which strict readers refuse', '\ud83d', '\\ufffd'],
    ['a quote', '"', '\\"'],
    ['a tilde, the last printable', '~', '~'],
  ])('writes %s so that no terminal or reader acts on it', (_, character, written) => {
    expect(recordLine(head, { path: `/a${character}b` })).toBe(
      `{"time":"2026-01-02T03:04:05.678Z","id":"r1","kind":"refused","instance":"desk","path":"/a${written}b"}`,
    );
  });

  it('is one line of printable ASCII that reads back as the same, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (path) => {
        const line = recordLine(head, { path });
        expect(line).toMatch(/^[\x20-\x7e]*$/);
        expect((JSON.parse(line) as { path: string }).path).toBe(path);
      }),
    );
  });

  it.each([
    ['path', 2048],
    ['reason', 512],
    ['host', 256],
  ])('keeps %s to %d characters and tells how many are gone', (field, most) => {
    expect(JSON.parse(asciiJson({ [field]: 'a'.repeat(most) }))).toEqual({ [field]: 'a'.repeat(most) });
    expect(JSON.parse(asciiJson({ [field]: 'a'.repeat(most + 3) }))).toEqual({
      [field]: `${'a'.repeat(most)}[+3 cut]`,
    });
  });

  it('does not cut a character in half', () => {
    const { host } = JSON.parse(asciiJson({ host: `${'a'.repeat(255)}😀` })) as { host: string };
    expect(host).toBe(`${'a'.repeat(255)}\ufffd[+1 cut]`);
  });

  it('caps what stands in lists and objects too, and lists themselves', () => {
    const written = asciiJson({ secrets: [{ name: 'n'.repeat(300) }], injected: Array<string>(80).fill('basic') });
    const { secrets, injected } = JSON.parse(written) as { secrets: { name: string }[]; injected: string[] };
    expect(secrets[0]?.name).toBe(`${'n'.repeat(256)}[+44 cut]`);
    expect(injected).toHaveLength(64);
  });

  it('reads back as it was, whatever its shape', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 20 }), fc.jsonValue({ maxDepth: 3 })), (value) => {
        expect(JSON.parse(asciiJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
