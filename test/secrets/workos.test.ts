import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mistakesOfBackend } from './mistakes.js';
import { reveal, seal } from '../../src/secrets/seal.js';
import { unavailable } from '../../src/secrets/unavailable.js';
import { keepsTheContract } from './backend-contract.js';
import { startBackend, type BackendServer } from './backend-server.js';
import { fetchContext, whyUnavailable } from './context.js';
import { FakeWorkos } from './fakes/workos.js';
import { makeWorkos, newValue, withKey, type MadeWorkos } from './workos/make.js';

let fake: FakeWorkos;
let value: string;

keepsTheContract('an object of WorkOS Vault', {
  start: () => {
    fake = new FakeWorkos();
    fake.put('deploy', (value = newValue()));
    return startBackend(fake.handler);
  },
  make: (server, trust) => makeWorkos(server, trust, { from: 'workos', object: 'deploy' }),
  expected: () => ({ value }),
  secret: () => [value, fake.key],
  context: () => ({ secrets: { key: seal('key', fake.key) } }),
});

keepsTheContract('an account of WorkOS Pipes', {
  start: () => {
    fake = new FakeWorkos();
    fake.connect('github', 'user_1', { value: (value = newValue()) });
    return startBackend(fake.handler);
  },
  make: (server, trust) => makeWorkos(server, trust, { from: 'workos-pipes', integration: 'github' }),
  expected: () => ({ value }),
  secret: () => [value, fake.key],
  context: () => ({ secrets: { key: seal('key', fake.key) }, caller: { client: 'desk', subject: 'user_1' } }),
});

describe('WorkOS', () => {
  let server: BackendServer;
  const made: MadeWorkos[] = [];
  beforeEach(async () => {
    fake = new FakeWorkos();
    fake.put('deploy', (value = newValue()));
    server = await startBackend(fake.handler);
  });
  afterEach(async () => {
    for (const one of made.splice(0)) await one.close();
    await server.close();
  });
  const make = (options?: Record<string, unknown>, object = 'deploy'): MadeWorkos => {
    const one = makeWorkos(server, server.caFile, { from: 'workos', object }, options);
    made.push(one);
    return one;
  };

  it.each([
    ['neither', {}, /^found neither "api_key" nor "api_key_file"/],
    ['both', { api_key: 'key', api_key_file: 'key' }, /^found "api_key_file" beside "api_key"/],
  ])('is not made with a key in a secret or in a file, but %s', (_, options, words) => {
    expect(mistakesOfBackend({ type: 'workos', ...options })).toEqual([expect.stringMatching(words)]);
  });

  it('does not show a refused key again for a minute, and another one at once', async () => {
    const { source, clock, events } = make();
    const why = /localhost:\d+ does not know the API key \(request [0-9a-f-]{36}\)$/;
    expect(await whyUnavailable(source.fetch(withKey('sk_wrong')))).toMatch(why);
    expect(await whyUnavailable(source.fetch(withKey('sk_wrong')))).toMatch(why);
    expect(server.requests).toHaveLength(1);
    expect(events).toMatchObject([{ event: 'login_failed', backend: 'identity', reason: { kind: 'login' } }]);
    expect(JSON.stringify(events)).not.toContain(fake.key);
    expect(reveal((await source.fetch(withKey(fake.key))).fields['value']!)).toBe(value);
    clock.time += 60_000;
    await whyUnavailable(source.fetch(withKey('sk_wrong')));
    expect(server.requests).toHaveLength(3);
  });

  it.each(['', 'sk_a b', 'sk_a\r\nx-evil: 1', 'sk_ü'])('sends no key that is no text for a header: %j', async (key) => {
    const why = await whyUnavailable(make().source.fetch(withKey(key)));
    expect(why).toMatch(/what should be the API key of WorkOS is not visible ASCII without spaces$/);
    if (key !== '') expect(why).not.toContain(key);
    expect(server.requests).toEqual([]);
  });

  it('gets its key for nowhere but itself', async () => {
    const asked: unknown[] = [];
    const context = fetchContext({
      secret: (reference, to) => {
        asked.push([reference.toString(), to]);
        return Promise.reject(unavailable('key', 'it may not go there', 'denied'));
      },
    });
    expect(await whyUnavailable(make().source.fetch(context))).toMatch(/it may not go there$/);
    expect(asked).toEqual([['key', `localhost:${server.port}`]]);
  });

  it('reads its key from a file each time, and refuses one that others can write', async () => {
    const { source } = make({ api_key_file: 'key' });
    const file = join(server.folder, 'key');
    expect(await whyUnavailable(source.fetch(fetchContext()))).toBe(
      `the secret github is not available: the file ${file} does not exist`,
    );
    writeFileSync(file, `${fake.key}\n`, { mode: 0o600 });
    expect(reveal((await source.fetch(fetchContext())).fields['value']!)).toBe(value);
    fake.key = 'sk_next';
    writeFileSync(file, fake.key);
    expect(reveal((await source.fetch(fetchContext())).fields['value']!)).toBe(value);
    chmodSync(file, 0o622);
    expect(await whyUnavailable(source.fetch(fetchContext()))).toMatch(/can be written by others than its owner/);
  });

  it('is never a destination', () => {
    expect(make().backend.origins).toEqual([`localhost:${server.port}`]);
  });
});
