import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { longestSpelling, mayHoldPlaceholder, placeholderIdsIn } from '../../src/inject/search.js';
import { fillShape, parseShape } from '../../src/inject/shape.js';
import { base64 } from './credentials.js';
import { percentEncoded, shapes, spelling } from './spellings.js';

const id = 'c0ffee0123456789abcdef99';
const core = `0dec0de5${id}`;
const idsIn = (text: string): string[] => [...placeholderIdsIn(Buffer.from(text, 'latin1'))];

describe('what only resembles a placeholder', () => {
  it.each([
    ['nothing', ''],
    ['the marker alone', '0dec0de5'],
    ['an id that is one digit short', core.slice(0, -1)],
    ['a marker with a digit off', core.replace('0dec', '0ded')],
    ['an id with another letter', `0dec0de5${id.replace('c0ffee', 'coffee')}`],
    ['an id in capitals', `0dec0de5${id.toUpperCase()}`],
    ['two dashes in a row', `0dec0de5--${id}`],
    ['a dash in the marker', `0dec-0de5${id}`],
    ['in hexadecimal of hexadecimal', Buffer.from(core).toString('hex')],
    ['in base64 twice over', base64(base64(core))],
    ['the base64 of one that is a digit short', base64(core.slice(0, -1))],
    ['the end of a base64 whose beginning is missing', Buffer.from(`x${core}`).toString('base64').slice(2)],
  ])('is none: %s', (_, text) => {
    expect(idsIn(text)).toEqual([]);
  });
});

describe('a placeholder', () => {
  it.each([
    ['as it is', core],
    ['with something around it', `Bearer ghp_${core}0Az`],
    ['after more of the marker', `0dec0de0dec0de5${id}`],
    ['as a UUID', `0dec0de5-${id.slice(0, 4)}-${id.slice(4, 8)}-${id.slice(8, 12)}-${id.slice(12)}`],
    ['in base64', base64(core)],
    ['in base64, one byte further', base64(`x${core}`)],
    ['in base64, two bytes further', base64(`xy${core}`)],
    ['in base64, three bytes further', base64(`xyz${core}`)],
    [
      'in base64 of a UUID',
      base64(`u:0dec0de5-${id.slice(0, 4)}-${id.slice(4, 8)}-${id.slice(8, 12)}-${id.slice(12)}`),
    ],
    ['in base64url', Buffer.from(`\xff\xfe:${core}`, 'latin1').toString('base64url')],
    ['in base64 with line ends (RFC 2045)', base64(`name:${core}`).replace(/.{24}/g, '$&\r\n')],
    ['in Basic', `Basic ${base64(`x-access-token:ghp_${core}abcd`)}`],
    ['percent-encoded', percentEncoded(core, [1])],
    ['percent-encoded with capital digits', percentEncoded(core, [2])],
    ['percent-encoded here and there', percentEncoded(core, [0, 1, 0, 0, 2])],
    ['percent-encoded in its marker only', `%30dec0de5${id}`],
    ['percent-encoded in its last digit only', `${core.slice(0, -1)}%39`],
    ['in percent-encoded base64', encodeURIComponent(base64(`ab>?:${core}`))],
    ['in base64, all of it percent-encoded', percentEncoded(base64(`ab${core}`), [1])],
    ['in a query', `/search?q=1&key=${core}&x=2`],
  ])('is found %s', (_, text) => {
    expect(idsIn(text)).toEqual([id]);
  });

  it('is found with every other one', () => {
    const other = id.replace('c0ffee', 'decade');
    expect(idsIn(`${core}${core} ${base64(`0dec0de5${other}`)}`).sort()).toEqual([id, other].sort());
  });

  it('is found in any shape and spelling, among any bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString('latin1'));
    fc.assert(
      fc.property(fc.constantFrom(...shapes), spelling, bytes, bytes, (shape, spell, before, after) => {
        const spelled = spell(fillShape(parseShape(shape), core));
        // A base64 run that goes on before it would shift its groups: then it is another text.
        expect(idsIn(`${before} ${spelled} ${after}`)).toContain(id);
      }),
      { numRuns: 500 },
    );
  });

  it('takes no more than the longest spelling, from its first byte to its last', () => {
    const uuid = fillShape(parseShape('<uuid>'), core);
    expect(percentEncoded(base64(`xy${uuid}`), [1]).length).toBeLessThan(longestSpelling);
  });
});

describe('the look that comes before the search', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array).toString('latin1')),
    fc.constantFrom('0dec0de5', '0dec', '0de5', '%30', '%', 'MGRlYzBkZT', 'BkZWMwZGU1', 'wZGVjMGRlN', id),
    fc.tuple(spelling, fc.constantFrom(...shapes)).map(([spell, shape]) => spell(fillShape(parseShape(shape), core))),
  );

  it('never lets one pass that the search would find', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const text = pieces.join('');
        expect(mayHoldPlaceholder(text) || idsIn(text).length === 0).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('lets pass what holds nothing of the kind', () => {
    expect(mayHoldPlaceholder('/repos/a/b\nHost\napi.example.com\nAuthorization\nBearer x')).toBe(false);
  });
});
