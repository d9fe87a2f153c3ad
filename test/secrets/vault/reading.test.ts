import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { fetchContext } from '../context.js';
import { isMisread, readingOf } from '../../../src/secrets/vault/reading.js';
import type { Mount, Mounts } from '../../../src/secrets/vault/mounts.js';
import { sourceOptions } from '../../../src/secrets/vault/source-options.js';

function reading(entry: object, mount?: Mount) {
  const mounts = { of: () => Promise.resolve(mount) } as unknown as Mounts;
  return readingOf(mounts, z.object(sourceOptions).parse(entry), fetchContext());
}

const kv2: Mount = { path: 'team/kv', engine: 'kv2' };

describe('how a path is read', () => {
  it.each([
    [{ path: 'team/kv/jira' }, kv2, 'team/kv/data/jira'],
    [{ path: 'team/kv/data/jira', version: 3 }, kv2, 'team/kv/data/jira?version=3'],
    [
      { path: 'old/jira', parameters: { a: 'x&y=z', list: ['1', '2'] } },
      undefined,
      'old/jira?a=x%26y%3Dz&list=1&list=2',
    ],
    [{ path: 'kv/jira', kv_version: 2 }, undefined, 'kv/data/jira'],
    [{ path: 'kv/jira', kv_version: 1 }, undefined, 'kv/jira'],
  ])('%j is asked for in one way', async (entry, mount, target) => {
    expect((await reading(entry, mount)).reading).toMatchObject({ method: 'GET', target });
  });

  it('has a second way where nobody has said which engine it is', async () => {
    expect((await reading({ path: 'kv/jira' })).reading).toMatchObject({
      target: 'kv/jira',
      otherwise: { target: 'kv/data/jira' },
    });
    expect((await reading({ path: 'kv/data/jira' })).reading.otherwise).toBeUndefined();
  });

  it('by writing has its parameters in the body, and asks nobody what is there', async () => {
    const entry = { path: 'pki/issue/web', method: 'write', parameters: { common_name: 'a', n: 1, b: true } };
    expect((await reading(entry)).reading).toEqual({
      method: 'POST',
      target: 'pki/issue/web',
      body: { common_name: 'a', n: 1, b: true },
      engine: 'other',
    });
  });
});

describe('the answer to a path that lacks data/', () => {
  const answered = { isSuccess: false, retryAfter: undefined, id: 'x' };
  const sentence = 'Invalid path for a versioned K/V secrets engine.';

  it.each([
    [404, { warnings: [sentence] }, [], true],
    [404, {}, [sentence], true],
    [404, { warnings: [5, null] }, [], false],
    [200, { warnings: [sentence] }, [], false],
    [404, {}, [], false],
  ])('is told by its warning: %d %j %j', (status, members, errors, expected) => {
    expect(isMisread({ ...answered, status, members, errors })).toBe(expected);
  });
});
