import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { holdsAscii, isJson, isUrlencoded, isUtf8, isXml, mediaTypeOf } from '../../src/inject/media-type.js';

const typeOf = (...values: string[]) => mediaTypeOf(new HeaderList(values.flatMap((value) => ['Content-Type', value])));

describe('a Content-Type is none', () => {
  it.each([
    [[]],
    [['application/json', 'application/json']],
    [['application/json, text/plain']],
    [['json']],
    [['application/']],
    [['application/json charset=utf-8']],
    [['application/json; charset = utf-8']],
    [['application/json; charset="utf-8']],
    [['application/json;charset=utf-8"']],
    [['application/json; =x']],
    [['a b/json']],
  ])('as %j', (values: string[]) => {
    expect(typeOf(...values)).toBeUndefined();
  });
});

describe('a Content-Type', () => {
  it('is read in any case, with its parameters', () => {
    const type = typeOf(' Multipart/Form-Data ;; Boundary="a\\"B;c" ; X=1;x=2;');
    expect(type).toEqual({
      essence: 'multipart/form-data',
      parameters: new Map([
        ['boundary', 'a"B;c'],
        ['x', '1,2'],
      ]),
    });
  });

  it.each([
    ['application/json', isJson],
    ['application/ld+json', isJson],
    ['text/json', isJson],
    ['text/xml', isXml],
    ['application/xml', isXml],
    ['image/svg+xml', isXml],
    ['application/x-www-form-urlencoded', isUrlencoded],
  ])('%s is of one kind', (value, is) => {
    const kinds = [isJson, isXml, isUrlencoded].filter((kind) =>
      kind(typeOf(value) ?? { essence: '', parameters: new Map() }),
    );
    expect(kinds).toEqual([is]);
  });

  it.each([
    ['a/b', true, true],
    ['a/b; charset=UTF-8', true, true],
    ['a/b; charset="utf8"', true, true],
    ['a/b; charset=utf-8; charset=utf-8', false, false],
    ['a/b; charset=iso-8859-1', false, true],
    ['a/b; charset=utf-16', false, false],
    ['a/b; charset=ibm037', false, false],
  ])('%s: UTF-8 %s, ASCII %s', (value, utf8, ascii) => {
    const type = typeOf(value) ?? { essence: '', parameters: new Map() };
    expect([isUtf8(type), holdsAscii(type)]).toEqual([utf8, ascii]);
  });
});
