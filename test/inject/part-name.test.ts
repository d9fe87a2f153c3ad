import { describe, expect, it } from '@jest/globals';
import { partNameIn, readingsOfName } from '../../src/inject/part-name.js';

const disposition = (text: string): string => `Content-Disposition: form-data; ${text}`;

describe('the name of a part that two servers read in two ways', () => {
  it.each([
    ['is in RFC 2231', disposition("name*=utf-8''token")],
    ['is in RFC 2231 beside another', disposition("name=a; name*=utf-8''token")],
    ['is in pieces', disposition('name*0=to; name*1=ken')],
    ['is in RFC 2047', disposition('name="=?utf-8?q?token?="')],
    ['stands twice', disposition('name="a"; name="token"')],
    ['stands twice in another case', disposition('name="a"; NAME="token"')],
    ['is in single quotes', disposition("name='token'")],
    ['is half in quotes', disposition('name=to"ken"')],
    ['ends in a backslash', disposition('name="a\\\\"; filename="; name=token"')],
    ['has no end', disposition('name="token')],
    ['has a space before it', disposition('name= "token"')],
    ['stands in the name of the file', disposition('name="a"; filename="b; name=token"')],
    ['stands behind a quote in the name of the file', disposition('filename="b\\"; name=\\"token"; name="a"')],
    ['stands in the name of the file in an attribute', disposition('name="a"; filename="b; name*0=token"')],
    ['stands behind an apostrophe', disposition('name="a"; filename*=utf-8\'\'b\'; name="token"')],
    ['is of another parameter', disposition('name="a"; x="token"')],
    ['is folded', `Content-Disposition: form-data;\r\n name="token"`],
    ['is behind a field that is folded', `X: 1\r\n ${disposition('name="token"')}`],
    ['is behind half a line end', `X: 1\n${disposition('name="token"')}`],
    ['is behind the other half', `X: 1\r${disposition('name="token"')}`],
    ['is behind a NUL', `X: \0${disposition('name="token"')}`],
    ['is in a field with a space', `Content-Disposition : form-data; name="token"`],
    ['is in a field behind another', `${disposition('name="a"')}\r\n${disposition('name="token"')}`],
    ['is in one of two', `${disposition('name="a"')}\r\ncontent-disposition: x`],
    ['is behind an empty line', `\r\n${disposition('name="token"')}`],
    ['is of another disposition', 'Content-Disposition: attachment; name="token"'],
    ['is behind no semicolon', 'Content-Disposition: form-data name="token"'],
    ['is before another end', `${disposition('name="token"')};`],
    ['is of a form within the form', `${disposition('name="a"')}\r\ncontent-type:Multipart/Mixed; boundary=b`],
    ['is nowhere', 'X: 1'],
    ['is empty of all', ''],
  ])('is none where it %s', (_, head) => {
    expect(partNameIn(head)).toBeUndefined();
  });
});

describe('the name of a part', () => {
  const field = { isFile: false, isCoded: false };
  const file = { isFile: true, isCoded: false };

  it.each([
    ['browsers', disposition('name="a%22b"'), { name: 'a%22b', ...field }],
    ['Go', disposition('name="a\\"b"'), { name: 'a\\"b', ...field }],
    [
      '.NET',
      `Content-Type: text/plain; charset=utf-8\r\n${disposition('name=a')}`,
      { name: 'a', isFile: false, isCoded: true },
    ],
    [
      'Apache',
      `${disposition('name="a"')}\r\nContent-Transfer-Encoding: 8bit`,
      { name: 'a', isFile: false, isCoded: true },
    ],
    ['PHP', `${disposition('name="a"')}\r\nContent-Length: 1`, { name: 'a', ...field }],
    ['browsers, of a file', disposition('name="a"; filename="tok\\en=.c%22sv"'), { name: 'a', ...file }],
    ['browsers, of none', disposition('name="a"; filename=""'), { name: 'a', ...file }],
    ['Go, of a file', disposition('name="a"; filename="b\\"c\\\\d.txt"'), { name: 'a', ...file }],
    ['urllib3 of old', disposition('name="a"; filename*=utf-8\'\'%C3%A9.txt'), { name: 'a', ...file }],
    ['.NET, of a file', disposition("name=a; filename=b.txt; filename*=utf-8''b.txt"), { name: 'a', ...file }],
    [
      'Jersey',
      disposition('filename="b"; modification-date="Sat, 28 Nov 2026"; size=1; name="a"'),
      { name: 'a', ...file },
    ],
  ])('is read as %s write it', (_, head, called) => {
    expect(partNameIn(head)).toEqual(called);
  });

  it('is read in time that grows with its length', () => {
    const long = 'a" \\'.repeat(500_000);
    expect(partNameIn(disposition(`name="${long}"`))).toBeUndefined();
    expect(partNameIn(disposition(`name="${'\\"'.repeat(1_000_000)}x"`))?.name).toHaveLength(2_000_001);
    expect(readingsOfName(long)).toHaveLength(2);
  });

  it('has a reading with escapes and one that ends at a quote', () => {
    expect(readingsOfName('tok\\en')).toContain('token');
    expect(readingsOfName('token\\"x')).toContain('token');
    expect(readingsOfName("'token'")).toContain('token');
  });
});
