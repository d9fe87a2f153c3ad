import { expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { lastsOn } from '../../src/http1/keep-alive.js';

it.each<[version: '1.0' | '1.1', raw: string[], lasts: boolean]>([
  ['1.1', [], true],
  ['1.1', ['Connection', 'keep-alive'], true],
  ['1.1', ['Connection', 'closed, x-close'], true],
  ['1.1', ['Connection', 'close'], false],
  ['1.1', ['Connection', ': close'], false],
  ['1.1', ['Connection', 'close;x'], false],
  ['1.1', ['CONNECTION', 'Keep-Alive,\t CLOSE '], false],
  ['1.1', ['Connection', 'keep-alive', 'Connection', 'close'], false],
  ['1.0', ['Connection', 'keep-alive'], false],
])('an HTTP/%s answer with %j: the connection lasts: %s', (version, raw, lasts) => {
  expect(lastsOn({ version, headers: new HeaderList(raw) })).toBe(lasts);
});
