import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { boundaryOf } from '../../src/inject/boundary.js';

const read = (parameters: string): string | undefined =>
  boundaryOf(new HeaderList(['Content-Type', `multipart/form-data${parameters}`]));

describe('the boundary of a form', () => {
  it.each([
    '',
    '; x=b',
    '; boundary=b; boundary=c',
    '; boundary=b; Boundary="c"',
    '; boundary=b; x="; boundary=c"',
    "; boundary=b; boundary*=utf-8''c",
    "; boundary*=utf-8''c",
    '; boundary=b; boundary*0=c',
    '; x=boundary; boundary=b',
    '; boundary="boundary=c"',
  ])('is not the same to all in %j', (parameters) => expect(read(parameters)).toBeUndefined());

  it.each([
    ['; boundary=----WebKitFormBoundaryAbc', '----WebKitFormBoundaryAbc'],
    ['; boundary="a b,c"', 'a b,c'],
    [';charset=utf-8; Boundary=b', 'b'],
  ])('is read in %j', (parameters, boundary) => expect(read(parameters)).toBe(boundary));

  it('is of one type', () => {
    expect(boundaryOf(new HeaderList([]))).toBeUndefined();
    expect(
      boundaryOf(new HeaderList(['content-type', 'a/b; boundary=b', 'content-type', 'a/b; boundary=b'])),
    ).toBeUndefined();
  });
});
