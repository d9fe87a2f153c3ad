import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseProxyAuthorization } from '../../src/identity/proxy-authorization.js';
import type { Refusal } from '../../src/core/refusal.js';

const encode = (userinfo: string | Buffer): string => Buffer.from(userinfo).toString('base64');

describe('a Proxy-Authorization that is refused', () => {
  it.each([
    ['no scheme', encode('desk:token')],
    ['another scheme', `Bearer ${encode('desk:token')}`],
    ['a scheme that begins like it', `Basically ${encode('desk:token')}`],
    ['no space', `Basic${encode('desk:token')}`],
    ['nothing after the scheme', 'Basic'],
    ['nothing but a space after the scheme', 'Basic '],
    ['a tab for the space', `Basic\t${encode('desk:token')}`],
    ['two values', `Basic ${encode('desk:token')} ${encode('desk:token')}`],
    ['two values with a comma', `Basic ${encode('desk:token')}, Basic ${encode('desk:token')}`],
    ['base64url', `Basic ${Buffer.from('ab:>>>').toString('base64url')}`],
    ['padding left out', `Basic ${encode('desk:token').replace(/=+$/, '')}`],
    ['padding too long', `Basic ${encode('desk:toke')}=`],
    ['stray bits before the padding', 'Basic YTpi' + 'Yh=='],
    ['a character of no base64', `Basic ${encode('desk:token')}!`],
    ['a line end within', `Basic ${encode('desk:token').slice(0, 4)}\n${encode('desk:token').slice(4)}`],
    ['no colon', `Basic ${encode('desk')}`],
    ['not UTF-8', `Basic ${encode(Buffer.from([0x61, 0x3a, 0xff]))}`],
    ['a NUL in the name', `Basic ${encode('de\0sk:token')}`],
    ['a line feed in the password', `Basic ${encode('desk:tok\nen')}`],
    ['an escape', `Basic ${encode('desk:\x1b[31m')}`],
    ['a delete', `Basic ${encode('desk:\x7f')}`],
    ['more than 16 KiB', `Basic ${encode(`desk:${'x'.repeat(16 * 1024)}`)}`],
  ])('%s', (_, value) => {
    expect(() => parseProxyAuthorization(value)).toThrow(
      expect.objectContaining({ code: 'caller_wrong', status: 407 }),
    );
  });

  it('never repeats what was shown', () => {
    for (const shown of [`Bearer s3cr3t-token`, `Basic ${encode('desk s3cr3t-token')}`, `Basic s3cr3t-token`]) {
      try {
        parseProxyAuthorization(shown);
        throw new TypeError('was not refused');
      } catch (error) {
        const { message, cause } = error as Refusal;
        expect(`${message} ${String(cause)}`).toMatch(/proxy credentials/i);
        expect(`${message} ${String(cause)}`).not.toMatch(/s3cr3t|token/);
      }
    }
  });
});

describe('a Proxy-Authorization that is read', () => {
  it.each([
    ['as everybody sends it', `Basic ${encode('desk:token')}`, 'desk', 'token'],
    ['the scheme in any case (RFC 7235 section 2.1)', `bAsIc ${encode('desk:token')}`, 'desk', 'token'],
    ['several spaces (RFC 9110 section 11.4)', `Basic   ${encode('desk:token')}`, 'desk', 'token'],
    ['the first colon splits', `Basic ${encode('desk:to:k:en')}`, 'desk', 'to:k:en'],
    ['an empty name', `Basic ${encode(':token')}`, '', 'token'],
    ['an empty password', `Basic ${encode('desk:')}`, 'desk', ''],
    ['UTF-8', `Basic ${encode('jörg:päss')}`, 'jörg', 'päss'],
    ['a byte order mark is a character', `Basic ${encode('\ufeffdesk:token')}`, '\ufeffdesk', 'token'],
  ])('%s', (_, value, username, password) => {
    expect(parseProxyAuthorization(value)).toEqual({ username, password });
  });

  it('gives back every name without a colon and every password', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !/[\x00-\x1f\x7f]/.test(value));
    const name = text.filter((value) => !value.includes(':'));
    fc.assert(
      fc.property(name, text, (username, password) => {
        expect(parseProxyAuthorization(`Basic ${encode(`${username}:${password}`)}`)).toEqual({ username, password });
      }),
    );
  });

  it('reads whatever it is given, or refuses it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String().map((text) => `Basic ${text}`),
        ),
        (value) => {
          try {
            expect(typeof parseProxyAuthorization(value).username).toBe('string');
          } catch (error) {
            expect(error).toMatchObject({ code: 'caller_wrong' });
          }
        },
      ),
    );
  });
});
