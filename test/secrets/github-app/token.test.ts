import { afterEach, describe, expect, it } from '@jest/globals';
import { fetchContext, whyUnavailable } from '../context.js';
import { type Widening } from '../fakes/github.js';
import { keys, make, narrow, start, stop, valueOf, why, withKey } from './under-test.js';

afterEach(stop);

describe('a token that is good for more than was asked', () => {
  it.each<[Widening, RegExp]>([
    ['permission', /more permissions than were asked for/],
    ['level', /more permissions than were asked for/],
    ['all repositories', /every repository of the installation/],
    ['other repository', /other repositories than were asked for/],
    ['no scope', /does not say which permissions/],
    ['no end', /its end is not told/],
  ])('is handed to nobody, and given back: %s', async (widening, words) => {
    const { server: at, fake } = await start();
    fake.widening = widening;
    const said = await why(make(at));
    expect(said).toMatch(words);
    expect(said).toMatch(/and was given back$/);
    expect(fake.tokens.map(({ revoked }) => revoked)).toEqual([true]);
  });

  it('is said to be good still where it could not be given back', async () => {
    const { server: at, fake } = await start();
    fake.widening = 'level';
    fake.instead = ({ method }) => (method === 'DELETE' ? { status: 500 } : undefined);
    expect(await why(make(at))).toMatch(/could not be given back: it is good until it expires$/);
  });

  it('is one of fewer or other repositories too, where they were asked for by id', async () => {
    const { server: at, fake } = await start();
    const source = make(at, { owner: 'acme', repository_ids: [2] });
    expect(fake.isLive(await valueOf(source))).toBe(true);
    expect(fake.tokens[0]?.repositories).toEqual([{ id: 2, name: 'acme/api' }]);
    fake.widening = 'other repository';
    expect(await why(source)).toMatch(/other repositories/);
  });
});

describe('a token', () => {
  it('is asked for by app id or client id, with a key in PKCS#1 or PKCS#8, and may be long', async () => {
    const { server: at, fake } = await start();
    const tokens = [
      await valueOf(make(at), keys.pkcs1),
      await valueOf(make(at, { ...narrow, app_id: undefined, client_id: 'Iv23liAcme' }), keys.pkcs8),
    ];
    expect(tokens.map((token) => fake.isLive(token))).toEqual([true, true]);
    expect(tokens[0]!.length).toBeGreaterThan(500);
  });

  it('is narrowed to names of repositories and to levels of permissions', async () => {
    const { server: at, fake } = await start();
    await valueOf(make(at, { repositories: ['Acme/site'.toLowerCase()], permissions: { contents: 'read' } }));
    expect(JSON.parse(at.requests.at(-1)!.body)).toEqual({ repositories: ['site'], permissions: { contents: 'read' } });
    expect(fake.tokens[0]).toMatchObject({
      permissions: { contents: 'read', metadata: 'read' },
      repositories: [{ name: 'acme/site' }],
    });
  });

  it('is one of the whole installation where nothing narrower is asked', async () => {
    const { server: at, fake } = await start();
    await valueOf(make(at, { installation_id: 7 }));
    expect(JSON.parse(at.requests[0]!.body)).toEqual({});
    expect(fake.tokens[0]?.permissions).toEqual({ contents: 'write', issues: 'read', metadata: 'read' });
  });

  it('has the end that GitHub says, and a lease whose name is good for nothing', async () => {
    const { server: at, fake } = await start();
    const { expiresAt, lease } = await make(at).fetch(fetchContext(withKey()));
    const [token] = fake.tokens;
    expect(expiresAt).toBe(token!.expiresAt);
    expect(lease?.id).toBe(`installation/7/${new Date(token!.expiresAt).toISOString()}`);
    const { signal } = new AbortController();
    await lease?.revoke?.(signal);
    expect(fake.isLive(token!.token)).toBe(false);
    // What is dead already is given back.
    await expect(lease?.revoke?.(signal)).resolves.toBeUndefined();
    at.fault = 'status 500';
    expect(await whyUnavailable(lease!.revoke!(signal))).toMatch(/\(HTTP 500\)$/);
  });
});
