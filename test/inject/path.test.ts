import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsageError } from '../../src/core/usage-error.js';
import type { Mode } from '../../src/inject/index.js';
import { pathPlace } from '../../src/inject/path.js';
import { keyedPlaceholders } from '../../src/inject/placeholder.js';
import { canonicalPath } from '../../src/policy/path.js';
import { credentials, headWith } from './credentials.js';

const token = `110201543:${randomBytes(26).toString('base64url')}`;
const placeholders = keyedPlaceholders(
  randomBytes(32),
  ['desk', 'agents'],
  new Map([
    ['telegram', '<10 digits>:<35 base64url>'],
    ['other', undefined],
  ]),
);
const ours = placeholders.of('desk', 'telegram')!;
const secrets = credentials({ telegram: { value: token }, other: { value: 'another-value' } });
const make = (template = '/bot{telegram}', mode: Mode = 'set') => pathPlace.make({ template }, { mode, placeholders });
const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');
const unavailable = expect.objectContaining({ code: 'secret_unavailable' });
const mark = '[a credential]';

/** Values that would change how the path is read, or that no URL can hold. */
const unusableHere: readonly (readonly [string, string])[] = [
  ['a slash', '110201543/value'],
  ['an encoded slash', '110201543%2Fvalue'],
  ['an escape of any kind', '110201543%41value'],
  ['a backslash', '110201543\\value'],
  ['a question mark', '110201543?value'],
  ['a semicolon', '110201543;value'],
  ['a fullwidth slash', '110201543／value'],
  ['a line end', '110201543-value\n'],
  ['a NUL', '110201543\0value'],
  ['half a surrogate pair', '110201543\ud800value'],
];

describe('a path place in mode substitute', () => {
  it('is refused where a placeholder could stand for two fields', () => {
    expect(() => make('/{other.id}/{other.key}', 'substitute')).toThrow(UsageError);
    expect(make('/{other.id}/{other.key}').secrets).toEqual(['other']);
  });
});

describe('a segment that is set', () => {
  const injected = (path: string, template = '/bot{telegram}'): string => {
    const head = headWith([], path);
    const injection = make(template);
    expect(injection.wants(head, 'desk')).toBe(true);
    injection.inject(head, 'desk', secrets);
    return head.path.replace(token, 'TOKEN');
  };

  it.each(['/', '/getMe', '/x/bot1/getMe', '/file/bot1/a', '/bo/t', '/?/bot1/getMe'])(
    'is not for another path: %s',
    (path) => expect(make().wants(headWith([], path), 'desk')).toBe(false),
  );

  it('is not for OPTIONS *, which has no path', () => {
    expect(make().wants({ ...headWith([], '*'), method: 'OPTIONS' }, 'desk')).toBe(false);
  });

  it.each([
    '//bot1/getMe',
    '/./bot1/getMe',
    '/x/../bot1/getMe',
    '/x%2F..%2Fbot1/getMe',
    '/x\\bot1',
    '/x;/bot1',
    '/%zz/bot1',
    '/\xff/bot1',
  ])('is refused for a path that a server may read as this place: %s', (path) => {
    expect(() => make().wants(headWith([], path), 'desk')).toThrow(expect.objectContaining({ code: 'bad_path' }));
  });

  it.each([
    ['/bot/getMe', '/botTOKEN/getMe'],
    ['/bot', '/botTOKEN'],
    ['/bot123:own-token/getMe?a=%zz&b', '/botTOKEN/getMe?a=%zz&b'],
    ['/%62ot123%3Aown/getMe', '/botTOKEN/getMe'],
    ['/botany/a/', '/botTOKEN/a/'],
    ['/BOT1/getMe', '/botTOKEN/getMe'],
    [`/bot${ours}/sendMessage%20x`, '/botTOKEN/sendMessage%20x'],
  ])('replaces what the client sent there, and nothing else: %s', (path, expected) => {
    expect(injected(path)).toBe(expected);
  });

  it.each([
    ['/file/bot{telegram}', '/f%69le/bot1/docs/a', '/f%69le/botTOKEN/docs/a'],
    ['/Hooks/V{telegram}', '/hooks/v1/x', '/hooks/VTOKEN/x'],
    ['/hooks/{telegram}/send', '/hooks/x/send?y', '/hooks/TOKEN/send?y'],
    ['/hooks/{telegram}', '/hooks/', '/hooks/TOKEN'],
    ['/a/v{other}.{telegram}x', '/a/vx/b', '/a/vanother-value.TOKENx/b'],
    ['/{other}/{telegram}', '/1/2/3', '/another-value/TOKEN/3'],
  ])('is where the template %s says', (template, path, expected) => expect(injected(path, template)).toBe(expected));

  it('is percent-encoded but for what may stand in a segment, and says how', () => {
    const head = headWith([], '/bot/x');
    const values = credentials({ telegram: { value: "a b:c@d!$&'()*+,=~ä" } });
    expect(make().inject(head, 'desk', values)).toEqual(["a%20b:c@d!$&'()*+,=~%C3%A4"]);
    expect(head.path).toBe("/bota%20b:c@d!$&'()*+,=~%C3%A4/x");
  });

  it.each([...unusableHere])('is refused for a value with %s, and the request stays as it was', (_, bad) => {
    const head = headWith([], '/bot1/getMe');
    expect(() => make().inject(head, 'desk', credentials({ telegram: { value: bad } }))).toThrow(unavailable);
    expect(head.path).toBe('/bot1/getMe');
  });

  it('keeps the segments that a rule has matched, whatever the value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 8, maxLength: 20 }), (value) => {
        const head = headWith([], '/bot1/sendMessage?x');
        try {
          make().inject(head, 'desk', credentials({ telegram: { value } }));
        } catch (error) {
          expect(error).toEqual(unavailable);
          return;
        }
        expect(canonicalPath(head.path.replace('?x', ''))?.split('/')).toEqual([
          '',
          expect.stringMatching(/^bot/),
          'sendMessage',
        ]);
      }),
    );
  });

  it('is set anew when the request is sent once more', () => {
    const head = headWith([], '/bot/getMe');
    make().inject(head, 'desk', secrets);
    make().inject(head, 'desk', credentials({ telegram: { value: '2:another-token' } }));
    expect(head.path).toBe('/bot2:another-token/getMe');
  });
});

describe('a segment in which a placeholder is replaced', () => {
  const injection = make('/bot{telegram}', 'substitute');

  it.each([
    ['a token of its own', '/bot123:own/getMe'],
    ['the placeholder of another client', `/bot${placeholders.of('agents', 'telegram')!}/getMe`],
    ['the placeholder for another secret', `/bot${placeholders.of('desk', 'other')!}/getMe`],
    ['half of the placeholder', `/bot${ours.slice(1)}/getMe`],
    ['the placeholder in another segment', `/bot1/${ours}`],
    ['the placeholder without the text before it', `/${ours}/getMe`],
    ['the placeholder behind text of another case', `/BOT${ours}/getMe`],
    ['the placeholder one segment down', `/x/bot${ours}/getMe`],
    ['the placeholder in the query', `/bot1/getMe?${ours}`],
    ['the placeholder split over two segments', `/bot${ours.replace(':', '/')}/getMe`],
    ['the placeholder behind a slash that is encoded', `/bot%2F${ours}/getMe`],
    ['the placeholder in a path that reads two ways', `/bot${ours}/a;b`],
    ['the placeholder in base64', `/bot${Buffer.from(ours).toString('base64url')}/getMe`],
    ['the placeholder encoded twice', `/bot${ours.replace(':', '%253A')}/getMe`],
    ['the placeholder behind half an escape', `/bot%2${ours}/getMe`],
    ['the placeholder five times', `/bot${ours.repeat(5)}/getMe`],
    ['OPTIONS *', '*'],
  ])('gets nothing for %s', (_, path) => expect(injection.wants(headWith([], path), 'desk')).toBe(false));

  it.each([
    ['alone', `/bot${ours}/getMe?a=1`, '/botTOKEN/getMe?a=1'],
    ['with its colon percent-encoded', `/bot${encodeURIComponent(ours)}/getMe`, '/botTOKEN/getMe'],
    ['percent-encoded, what is before it too', `/%62%6ft${percent(ours)}/getMe`, '/%62%6ftTOKEN/getMe'],
    ['with text around it', `/bot-${ours}-%2e/test/getMe`, '/bot-TOKEN-%2e/test/getMe'],
    ['four times', `/bot${ours.repeat(4)}`, '/botTOKENTOKENTOKENTOKEN'],
  ])('has only that replaced: %s', (_, path, expected) => {
    const head = headWith([], path);
    expect(injection.wants(head, 'desk')).toBe(true);
    expect(new Set(injection.inject(head, 'desk', secrets))).toEqual(new Set([token]));
    expect(head.path).toBe(expected.replaceAll('TOKEN', token));
  });

  it.each(unusableHere)('is refused for a value with %s', (_, bad) => {
    const head = headWith([], `/bot${ours}/getMe`);
    expect(() => injection.inject(head, 'desk', credentials({ telegram: { value: bad } }))).toThrow(unavailable);
    expect(head.path).toBe(`/bot${ours}/getMe`);
  });

  it('is for each secret in its own segment only', () => {
    const both = make('/{other}/{telegram}', 'substitute');
    const others = placeholders.of('desk', 'other')!;
    const head = headWith([], `/${others}/${ours}`);
    both.inject(head, 'desk', secrets);
    expect(head.path).toBe(`/another-value/${token}`);
    expect(both.wants(headWith([], `/${ours}/${others}`), 'desk')).toBe(false);
  });
});

describe.each(['set', 'substitute'] as const)('a path that is shown, in mode %s', (mode) => {
  const shown = (path: string, template = '/bot{telegram}'): string => make(template, mode).conceal!(path);

  it.each([
    ['/bot123:own/getMe', `/bot${mark}/getMe`],
    ['/bot123:own', `/bot${mark}`],
    ['/bot/getMe', `/bot${mark}/getMe`],
    ['/bot123:own/getMe?token=456:own', `/bot${mark}/getMe`],
    ['/%62ot123%3Aown/getMe', `/bot${mark}/getMe`],
    ['/BOT123:own/getMe', `/bot${mark}/getMe`],
    ['/getMe', '/getMe'],
    ['/x/bot1/getMe?y', '/x/bot1/getMe'],
    ['*', '*'],
    ['//bot123:own/getMe', mark],
    ['/x/../bot123:own/getMe', mark],
    ['/bot123:own/a;b', mark],
    ['/bot123:own/\xff', mark],
  ])('%s is shown as %s', (path, expected) => expect(shown(path)).toBe(expected));

  it('hides each segment with a secret, also where the form ends early', () => {
    expect(shown('/a/1/b/2/c', '/a/{other}/b/x{telegram}y')).toBe(`/a/${mark}/b/2/c`);
    expect(shown('/a/1/b/x2y/c', '/a/{other}/b/x{telegram}y')).toBe(`/a/${mark}/b/x${mark}y/c`);
    expect(shown('/a/1', '/a/{other}/b/{telegram}')).toBe(`/a/${mark}`);
    expect(shown('/a/1/c/2', '/a/{other}/b/{telegram}')).toBe(`/a/${mark}/c/2`);
  });

  it('may have been hidden by another place already', () => {
    expect(shown(shown('/file/bot1/a', '/file/bot{telegram}'))).toBe(`/file/bot${mark}/a`);
    expect(shown(shown('/bot1/a'))).toBe(`/bot${mark}/a`);
    expect(shown(shown('/bot1/a;b'))).toBe(mark);
  });
});
