import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { RequestHead } from '../../src/core/message.js';
import { basicPlace } from '../../src/inject/basic.js';
import { checkRequest } from '../../src/inject/guard.js';
import { headerPlace } from '../../src/inject/header.js';
import type { Injection, Mode } from '../../src/inject/index.js';
import { base64, headWith, somePlaceholders } from './credentials.js';
import { percentEncoded } from './spellings.js';

const placeholders = somePlaceholders();
const ours = placeholders.of('desk', 'github')!;
const theirs = placeholders.of('agents', 'github')!;
const other = placeholders.of('desk', 'slack')!;
const header = (mode: Mode, name = 'authorization'): Injection =>
  headerPlace.make({ name, template: 'Bearer {github}' }, { mode, placeholders });
const basic = (mode: Mode): Injection =>
  basicPlace.make({ username: 'x', password: '{github}' }, { mode, placeholders });

/** Where a placeholder is misplaced, as the cause has it; undefined where none is. */
function misplaced(head: RequestHead, firing: readonly Injection[] = []): string | undefined {
  const before = inspect(head);
  try {
    checkRequest(head, firing, 'desk', placeholders);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'placeholder_misplaced', status: 403 });
    expect(inspect(error)).not.toContain('0dec0de5');
    return ((error as Error).cause as Error).message;
  } finally {
    expect(inspect(head)).toBe(before);
  }
}

describe('a placeholder on its way to a host where nothing is injected', () => {
  it.each([
    ['the path', headWith([], `/bot${ours}/send`)],
    ['the path', headWith([], `/bot${percentEncoded(ours, [0, 1, 2])}/send`)],
    ['the path', headWith([], `/bot${base64(ours)}/send?x=1`)],
    ['the query', headWith([], `/search?key=${ours}`)],
    ['the query', headWith([], `/search?key=${percentEncoded(ours, [2])}`)],
    ['the query', headWith([], `/search?key=${encodeURIComponent(base64(`>?>:${ours}`))}`)],
    ['the name of a header', headWith([`x-${ours}`, '1'])],
    ['the header authorization', headWith(['Authorization', `Bearer ${ours}`])],
    ['the header authorization', headWith(['Authorization', `Basic ${base64(`x:${ours}`)}`])],
    ['the header authorization', headWith(['Authorization', `Basic ${base64(`${ours}:`)}`])],
    ['the header cookie', headWith(['accept', '*/*', 'cookie', `a=b; token=${percentEncoded(ours, [1])}`])],
    ['the header x-debug', headWith(['x-debug', Buffer.from(`{"t": "${ours}"}`).toString('base64url')])],
    ['the header referer', headWith(['referer', `https://example.com/?t=${ours}`])],
  ])('is refused in %s', (where, head) => {
    expect(misplaced(head)).toBe(`the placeholder of desk for github stands in ${where}`);
  });

  it('is refused whoever it is for, and whoever made it', () => {
    expect(misplaced(headWith(['x', theirs]))).toBe('the placeholder of agents for github stands in the header x');
    expect(misplaced(headWith(['x', other]))).toBe('the placeholder of desk for slack stands in the header x');
    const foreign = `kw_0dec0de5${'ab'.repeat(12)}`;
    expect(misplaced(headWith(['x', foreign]))).toBe('a placeholder of nobody here stands in the header x');
  });

  it('is not what an ordinary head has', () => {
    const head = headWith(
      ['authorization', 'Bearer ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'etag', '"0dec0de5"', 'x', '%30dec0de5'],
      '/0dec0de5/100%/%zz?q=%41',
    );
    expect(misplaced(head)).toBeUndefined();
  });
});

describe('a placeholder where it will be replaced', () => {
  const both = [header('substitute'), basic('substitute')];

  it.each([
    ['in its header', ['authorization', `Bearer ${ours}`]],
    ['in its header, whatever the scheme', ['authorization', `token ${ours}`]],
    ['in Basic', ['authorization', `Basic ${base64(`x:${ours}`)}`]],
    ['in both', ['authorization', `Bearer ${ours}`, 'authorization', `Basic ${base64(`${ours}:`)}`]],
  ])('is let through %s', (_, headers) => {
    expect(misplaced(headWith(headers), both)).toBeUndefined();
  });

  it.each([
    ['in another header as well', ['authorization', `Bearer ${ours}`, 'x-copy', ours], 'the header x-copy'],
    ['in the name of another as well', ['authorization', ours, `x-${ours}`, '1'], 'the name of a header'],
    ['beside itself in base64', ['authorization', `Bearer ${ours} ${base64(ours)}`], 'the header authorization'],
    [
      'beside itself percent-encoded',
      ['authorization', `Bearer ${ours} ${percentEncoded(ours, [1])}`],
      'the header authorization',
    ],
  ])('is refused %s', (_, headers, where) => {
    expect(misplaced(headWith(headers), both)).toBe(`the placeholder of desk for github stands in ${where}`);
  });

  it('is refused in the path as well', () => {
    expect(misplaced(headWith(['authorization', ours], `/?t=${ours}`), both)).toMatch(/stands in the query$/);
  });

  it('is refused in Basic where only the header is replaced, and the other way round', () => {
    const raw = ['authorization', `Bearer ${ours}`];
    const encoded = ['authorization', `Basic ${base64(`x:${ours}`)}`];
    expect(misplaced(headWith(encoded), [header('substitute')])).toMatch(/the header authorization$/);
    expect(misplaced(headWith(raw), [basic('substitute')])).toMatch(/the header authorization$/);
  });

  it('is refused where it is another client’s or for another secret, beside one that is right', () => {
    for (const wrong of [theirs, other]) {
      expect(misplaced(headWith(['authorization', `Bearer ${ours}`, 'authorization', wrong]), both)).toMatch(
        /header authorization$/,
      );
    }
  });
});

describe('a placeholder where the credential is set', () => {
  it.each([
    ['raw', `Bearer ${ours}`],
    ['in Basic', `Basic ${base64(`x:${ours}`)}`],
  ])('is let through, since it is dropped: %s', (_, value) => {
    expect(misplaced(headWith(['Authorization', value]), [header('set')])).toBeUndefined();
    expect(misplaced(headWith(['Authorization', value]), [basic('set')])).toBeUndefined();
  });

  it('is refused in any other header', () => {
    expect(misplaced(headWith(['x-api-key', ours]), [header('set')])).toMatch(/stands in the header x-api-key$/);
  });

  it.each([
    ['another client’s', theirs],
    ['for another secret', other],
  ])('is refused where it is %s, though it would be dropped: somebody tries something', (_, value) => {
    expect(misplaced(headWith(['authorization', value]), [header('set')])).toMatch(
      /stands in the header authorization$/,
    );
  });
});
