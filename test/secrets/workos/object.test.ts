import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mistakesOfSecret } from '../mistakes.js';
import { reveal } from '../../../src/secrets/seal.js';
import type { Fetched } from '../../../src/secrets/index.js';
import { startBackend, type BackendServer } from '../backend-server.js';
import { whyUnavailable } from '../context.js';
import { FakeWorkos } from '../fakes/workos.js';
import { makeWorkos, newValue, withKey, type MadeWorkos } from './make.js';

let fake: FakeWorkos;
let server: BackendServer;
const made: MadeWorkos[] = [];
beforeEach(async () => {
  fake = new FakeWorkos();
  server = await startBackend(fake.handler);
});
afterEach(async () => {
  for (const one of made.splice(0)) await one.close();
  await server.close();
});

const make = (options: Record<string, unknown>): MadeWorkos => {
  const one = makeWorkos(server, server.caFile, { from: 'workos', ...options });
  made.push(one);
  return one;
};
const fetchFrom = (options: Record<string, unknown>): Promise<Fetched> => make(options).source.fetch(withKey(fake.key));
const plain = ({ fields }: Fetched): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([field, sealed]) => [field, reveal(sealed)]));

describe('an object of WorkOS Vault that cannot be used', () => {
  it.each([
    [{}, /^found neither "object" nor "id"/],
    [{ object: 'a', id: 'b' }, /^found "id" beside "object"/],
  ])('is named by its name or its identifier, not by %j', (options, words) => {
    const backends = { workos: { type: 'workos', api_key: 'key' } };
    expect(mistakesOfSecret({ from: 'workos', ...options }, backends)).toEqual([expect.stringMatching(words)]);
  });

  it.each(['.', '..', 'a\nb', '', '\ud800'])('has no such name: %j', (object) => {
    expect(() => make({ object })).toThrow();
  });

  it.each(['a/b', '..', 'name/x', 'a?b', 'a%2fb'])('has no such identifier: %s', (id) => {
    expect(() => make({ id })).toThrow();
  });

  it('is not there', async () => {
    expect(await whyUnavailable(fetchFrom({ object: 'none' }))).toMatch(
      /has not got the object named none in the Vault/,
    );
    expect(await whyUnavailable(fetchFrom({ id: 'none' }))).toMatch(/has not got the object none of the Vault/);
  });

  it('is another one than was asked for', async () => {
    const { id } = fake.put('mine', newValue());
    fake.tamper = (answer) => ({ ...answer, name: 'other', id: 'other' });
    const why = /WorkOS answered with another object than the object/;
    expect(await whyUnavailable(fetchFrom({ object: 'mine' }))).toMatch(why);
    expect(await whyUnavailable(fetchFrom({ id }))).toMatch(why);
    fake.tamper = (answer) => ({ ...answer, id: undefined, ID: id });
    expect(await whyUnavailable(fetchFrom({ id }))).toMatch(why);
  });

  it.each([undefined, null, '', 7, { a: 'b' }])('has this for its value: %j', async (value) => {
    fake.put('mine', newValue());
    fake.tamper = (answer) => ({ ...answer, value });
    expect(await whyUnavailable(fetchFrom({ object: 'mine' }))).toMatch(
      /the object named mine in the Vault has no value$/,
    );
  });

  it.each([
    ['no JSON', 's3cr3t', /does not hold a JSON object$/],
    ['a list', '["s3cr3t"]', /does not hold a JSON object$/],
    ['nothing', '{}', /has no members that can be fields$/],
    ['nothing but objects', '{"a":{"b":"s3cr3t"}}', /has no members that can be fields$/],
  ])('should have members, and holds %s', async (_, value, why) => {
    fake.put('mine', value);
    const refused = await whyUnavailable(fetchFrom({ object: 'mine', format: 'json' }));
    expect(refused).toMatch(why);
    expect(refused).not.toContain('s3cr3t');
  });
});

describe('an object of WorkOS Vault', () => {
  it.each(['deploy', 'team/deploy', 'a b', '../x', 'ключ', '50%', 'a?b#c', '%2e%2e'])(
    'is found by its name, which fills one segment: %s',
    async (object) => {
      const value = newValue();
      fake.put(object, value);
      expect(plain(await fetchFrom({ object }))).toEqual({ value });
      expect(server.requests.map(({ path }) => path)).toEqual([`/vault/v1/kv/name/${encodeURIComponent(object)}`]);
    },
  );

  it('is found by its identifier, whole, with the newline at its end', async () => {
    const value = `${newValue()}\n`;
    const { id } = fake.put('mine', value);
    expect(plain(await fetchFrom({ id }))).toEqual({ value });
  });

  it('has members as fields', async () => {
    const value = newValue();
    fake.put('mine', JSON.stringify({ user: 'ada', password: value, port: 5432, more: [1] }));
    expect(plain(await fetchFrom({ object: 'mine', format: 'json' }))).toEqual({
      user: 'ada',
      password: value,
      port: '5432',
    });
  });

  it("has WorkOS's version, which changes with the value", async () => {
    const { version } = fake.put('mine', newValue());
    const { source } = make({ object: 'mine' });
    expect((await source.fetch(withKey(fake.key))).version).toBe(version);
    fake.put('mine', newValue());
    expect((await source.fetch(withKey(fake.key))).version).not.toBe(version);
  });

  it.each([
    ['the value', (value: string) => value],
    ['a part of it', (value: string) => value.slice(0, 12)],
    ['no form of a version', () => 'a b'],
    ['none', () => undefined],
  ])('has a version of ours where WorkOS has %s for it', async (_, version) => {
    const value = newValue();
    fake.put('mine', value);
    fake.tamper = (answer) => ({ ...answer, metadata: { version_id: version(value) } });
    expect((await fetchFrom({ object: 'mine' })).version).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is asked for again after five minutes, and used for an hour at most; or as the configuration says', async () => {
    fake.put('mine', newValue());
    const terms = async (options: object): Promise<number[]> => {
      const { refreshAt, expiresAt } = await fetchFrom({ object: 'mine', ...options });
      return [refreshAt! - expiresAt!, Math.round((expiresAt! - Date.now()) / 10_000)];
    };
    expect(await terms({})).toEqual([-55 * 60_000, 360]);
    expect(await terms({ refresh: '1m', max_stale: '2m' })).toEqual([-60_000, 12]);
    expect(await terms({ refresh: '10m', max_stale: '1m' })).toEqual([0, 60]);
  });
});
