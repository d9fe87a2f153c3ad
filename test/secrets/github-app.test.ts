import { mistakesOfSecret } from './mistakes.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { systemClock } from '../../src/core/clock.js';
import { createSecrets } from '../../src/secrets/lease.js';
import type { SecretEvent, Source } from '../../src/secrets/index.js';
import { reveal, seal } from '../../src/secrets/seal.js';
import { keepsTheContract } from './backend-contract.js';
import { startBackend } from './backend-server.js';
import { appKeys, fakeGitHub, type FakeGitHub } from './fakes/github.js';
import { acme, keys, make, narrow, start, stop, withKey } from './github-app/under-test.js';

afterEach(stop);

const desk = { client: 'desk' };

describe('options that do not go together', () => {
  const given = { from: 'github-app', app_id: 12, private_key: 'key', ...narrow };
  const alone = { ...given, repositories: undefined };
  it.each([
    [{ ...given, app_id: undefined }, /^found neither "app_id" nor "client_id"/],
    [{ ...given, client_id: 'Iv1.a' }, /^found "client_id" beside "app_id"/],
    [{ ...given, repository_ids: [1] }, /^found "repository_ids" beside "repositories"/],
    [{ ...alone, repositories: ['acme/site', 'other/site'] }, /^found a repository of another owner/],
    [{ ...alone, owner: 'acme', repositories: ['other/site'] }, /^found a repository of another owner/],
    [{ ...alone, repository_ids: [1] }, /^found nothing to find the installation by/],
  ])('are refused: %j', (options, words) => {
    expect(mistakesOfSecret(options)).toEqual([expect.stringMatching(words)]);
  });

  it('are those of one owner in either case', () => {
    expect(mistakesOfSecret({ ...alone, owner: 'Acme', repositories: ['acme/a', 'ACME/b'] })).toEqual([]);
  });

  it.each([
    { repositories: ['acme'] },
    { repositories: ['acme/..'] },
    { repositories: ['acme/site/installation?'] },
    { owner: '../app' },
    { permissions: { contents: 'all' } },
    { permissions: { Contents: 'read' } },
    { installation_id: 1.5 },
  ])('are refused one by one: %j', async (more) => {
    const { server: at } = await start();
    expect(() => make(at, more)).toThrow(z.ZodError);
  });
});

describe('two apps whose installations have one number', () => {
  it('get each its own token, though they are asked for at one time', async () => {
    const others = appKeys();
    const { server: at, fake } = await start([
      acme(),
      acme({ appId: 13, clientId: 'Iv23liOther', publicKey: others.publicKey }),
    ]);
    const events: SecretEvent[] = [];
    const sources = new Map(
      ['key-a', 'key-b'].map((key, index) => [
        key.replace('key', 'app'),
        {
          kind: 'github-app',
          source: make(at, { installation_id: 7, app_id: 12 + index, private_key: key }, key.replace('key', 'app')),
          mayGoTo: () => true,
          parts: [key],
        },
      ]),
    );
    const pems = { 'key-a': keys.pkcs1, 'key-b': others.pkcs8 };
    for (const [key, pem] of Object.entries(pems)) {
      const fields = { value: seal(key, pem) };
      const source: Source = { fetch: () => Promise.resolve({ fields, version: '1' }) };
      sources.set(key, { kind: 'test', source, mayGoTo: () => true, parts: [] });
    }
    const secrets = createSecrets({
      sources,
      limits: { secretTimeout: 5000 },
      clock: systemClock,
      onEvent: (event) => events.push(event),
    });
    const names = ['app-a', 'app-b', 'app-a', 'app-b'];
    const got = await Promise.all(names.map((name) => secrets.acquire(name, desk)));
    const apps = got.map((one) => fake.tokens.find(({ token }) => token === reveal(one.field('value')))?.appId);
    expect(apps).toEqual([12, 13, 12, 13]);
    expect(fake.tokens).toHaveLength(2);
    await secrets.close();
    expect(fake.tokens.every(({ revoked }) => revoked)).toBe(true);
    const of = (event: string): unknown[] => events.filter((one) => one.event === event).map(({ secret }) => secret);
    expect(of('revoked').sort()).toEqual(['app-a', 'app-b']);
    expect(JSON.stringify(events)).not.toContain(fake.tokens[0]!.token);
  });
});

let contractFake: FakeGitHub;
keepsTheContract('a token of a GitHub App', {
  start: () => {
    contractFake = fakeGitHub([acme()]);
    return startBackend(contractFake.handler);
  },
  make: (at, trust) => ({ source: make(at, narrow, 'app', trust), close: () => Promise.resolve() }),
  expected: () => ({ value: contractFake.tokens[0]!.token }),
  secret: () => [keys.pkcs1.slice(40, 80), ...contractFake.tokens.map(({ token }) => token)],
  context: () => withKey(),
});
