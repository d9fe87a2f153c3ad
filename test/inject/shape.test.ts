import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../src/core/usage-error.js';
import { fillShape, parseShape } from '../../src/inject/shape.js';
import { shapes } from './spellings.js';

const core = '0dec0de50123456789abcdef01234567';
const filled = (text: string): string => fillShape(parseShape(text), core);

describe('a shape that is refused', () => {
  it.each([
    ['nothing', ''],
    ['no segment', 'ghp_'],
    ['digits alone, where no core can stand', '<40 digits>'],
    ['capitals alone, where no core can stand', 'AKIA<16 upper>'],
    ['an unknown alphabet', '<36 emoji>'],
    ['an alphabet of object machinery', '<36 constructor>'],
    ['no alphabet', '<36>'],
    ['no length', '<hex>'],
    ['a length of four digits', '<1000 hex>'],
    ['a segment that is not closed', 'ghp_<36 alnum'],
    ['a bracket on its own', 'ghp_>36 alnum<'],
    ['a segment within a segment', '<36 <8 hex>>'],
    ['a space', 'a b<36 alnum>'],
    ['a line end', 'a\n<36 alnum>'],
    ['a letter beyond ASCII', 'ä<36 alnum>'],
    ['a UUID with something around it', 'id-<uuid>'],
  ])('%s', (_, text) => {
    expect(() => parseShape(text)).toThrow(UsageError);
  });
});

describe('a shape', () => {
  it.each([
    ['ghp_<36 alnum>', /^ghp_0dec0de5[0-9a-f]{24}[A-Za-z0-9]{4}$/],
    ['AC<32 hex>', /^AC0dec0de5[0-9a-f]{24}$/],
    ['<40 hex>', /^0dec0de5[0-9a-f]{32}$/],
    ['pk.<60 base64url>.<22 base64url>', /^pk\.0dec0de5[0-9a-f]{24}[\w-]{28}\.[\w-]{22}$/],
    ['SG.<22 base64url>.<43 base64url>', /^SG\.[\w-]{22}\.0dec0de5[0-9a-f]{24}[\w-]{11}$/],
    ['<10 digits>:<35 alnum>', /^\d{10}:0dec0de5[0-9a-f]{24}[A-Za-z0-9]{3}$/],
    ['<3 upper>-<32 lower>', /^[A-Z0-9]{3}-0dec0de5[0-9a-f]{24}$/],
    ['<uuid>', /^0dec0de5-0123-4567-89ab-cdef01234567$/],
  ])('%s is filled around the core', (text, expected) => {
    expect(filled(text)).toMatch(expected);
  });

  it('of Mapbox and Telegram pass what their clients check', () => {
    // https://github.com/mapbox/mcp-server: three parts between dots, none of them empty.
    const parts = filled('pk.<70 base64url>.<22 base64url>').split('.');
    expect([parts.length, parts.every((part) => part.length > 0)]).toEqual([3, true]);
    // https://core.telegram.org/bots/features#botfather: the bot's number, a colon, 35 characters.
    expect(filled('<10 digits>:<35 base64url>')).toMatch(/^\d{8,10}:[\w-]{35}$/);
    expect(filled('<8 digits>:<35 base64url>')).toMatch(/^\d{8}:[\w-]{35}$/);
  });

  it.each([
    ['sk_test_<24 alnum>', 'sk_test_'.length + 32],
    ['sk_test_<24+ alnum>', 'sk_test_'.length + 32],
    ['<20 lower>', 32],
    ['<1 hex>', 32],
  ])('%s grows to 32 characters where the core stands', (text, length) => {
    expect(filled(text)).toHaveLength(length);
  });

  it.each([
    ['<32 hex>', 32],
    ['<33 hex>', 33],
    ['<999 alnum>', 999],
  ])('%s keeps its length', (text, length) => {
    expect(filled(text)).toHaveLength(length);
  });

  it.each(shapes)('%s has one text for one core, and another for another', (text) => {
    expect(filled(text)).toBe(filled(text));
    expect(fillShape(parseShape(text), core.replace(/7$/, '8'))).not.toBe(filled(text));
    expect(filled(text).replaceAll('-', '')).toContain(core);
  });

  it('is filled with all of its alphabet, not with the digits of a hash', () => {
    expect(new Set(filled('<999 alnum>')).size).toBe(62);
  });
});
