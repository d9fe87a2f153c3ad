import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '../../../src/core/refusal.js';
import type { Fetched, HeldLease } from '../../../src/secrets/index.js';
import { reveal } from '../../../src/secrets/seal.js';
import type { Unavailability } from '../../../src/secrets/unavailable.js';
import type { BackendRequest } from '../backend-server.js';
import { fetchContext } from '../context.js';
import { Failure } from '../fakes/infisical-failure.js';
import { startStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

type Options = Readonly<Record<string, unknown>>;
type Renewing = HeldLease & Required<Pick<HeldLease, 'renew' | 'revoke'>>;
const signal = (): AbortSignal => AbortSignal.timeout(5000);
const fetched = (options?: Options): Promise<Fetched> =>
  stage.source('infisical-dynamic', options).fetch(fetchContext());
const leaseOf = async (options?: Options): Promise<Renewing> => (await fetched(options)).lease as Renewing;
const asked = (method: string, end: string): BackendRequest[] =>
  stage.server.requests.filter((request) => request.method === method && request.path.endsWith(end));
const creations = (): number => asked('POST', '/leases').length;
const minute = 60_000;

async function failureOf(failing: Promise<unknown>): Promise<Unavailability> {
  const error: unknown = await failing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) throw new TypeError('did not fail');
  return (error instanceof Refusal ? error.cause : error) as Unavailability;
}

describe('a lease of Infisical that cannot be had', () => {
  it('is not in the plan', async () => {
    stage.fake.leases.hasPlan = false;
    const cause = await failureOf(fetched());
    expect(cause).toMatchObject({ kind: 'denied' });
    expect(cause.message).toMatch(/has no dynamic secrets in its plan \(400 BadRequest, request req-/);
  });

  it('would be one too many', async () => {
    stage.fake.leases.mostLeases = 0;
    expect(await failureOf(fetched())).toMatchObject({ kind: 'throttled' });
  });

  it.each([[{ dynamic_secret: 'other' }], [{ path: '/other' }], [{ project_slug: 'other' }]])(
    'is of what is not there: %j',
    async (options) => {
      expect(await failureOf(fetched(options))).toMatchObject({ kind: 'missing' });
    },
  );

  it.each([[{ ttl: '59s' }], [{ ttl: '60001ms' }], [{ ttl: '99999h' }], [{ dynamic_secret: 'A/../b' }]])(
    'is asked for with what Infisical never takes: %j',
    (options) => {
      expect(() => stage.source('infisical-dynamic', options)).toThrow(/Invalid|allowed is/);
    },
  );

  it.each(['hang up', 'half an answer', 'status 500', 'status 503'] as const)(
    'is asked for once and not again, as there may be one now: %s',
    async (fault) => {
      await fetched();
      stage.server.fault = fault;
      expect(await failureOf(fetched())).toMatchObject({ kind: 'down' });
      expect(creations()).toBe(2);
    },
  );

  it('has no value that can be used, and is given back', async () => {
    stage.fake.leases.data = () => ({ nested: {} });
    expect((await failureOf(fetched())).message).toMatch(/gave a lease without any value$/);
    expect(stage.fake.leases).toMatchObject({ created: 1, held: new Map() });
  });

  it.each([
    ['soon after nobody waits any more goes to whoever asked, to be given back', 0],
    ['long after nobody waits any more is given back', 700],
  ])('came %s', async (_, later) => {
    await fetched();
    const { fake } = stage;
    const [create, revoke] = [fake.leases.create.bind(fake.leases), fake.leases.revoke.bind(fake.leases)];
    const controller = new AbortController();
    fake.leases.create = (body) => {
      fake.hold = delay(later);
      controller.abort(new Refusal('draining'));
      return create(body);
    };
    const revoked = new Promise<void>((resolve) => {
      fake.leases.revoke = (id, body) => {
        resolve();
        return revoke(id, body);
      };
    });
    const fetching = stage.source('infisical-dynamic').fetch(fetchContext({ signal: controller.signal }));
    if (later === 0) await (await fetching).lease!.revoke!(signal());
    else await expect(fetching).rejects.toMatchObject({ code: 'draining' });
    await revoked;
    expect(fake.leases).toMatchObject({ created: 2 });
    expect(fake.leases.held.size).toBe(1);
  });
});

describe('a lease of Infisical', () => {
  it('has the values of its provider, sealed, and its own ID for a version', async () => {
    const { fields, version, lease, expiresAt } = await fetched({ ttl: '90m' });
    const [held] = [...stage.fake.leases.held.values()];
    expect(Object.keys(fields)).toEqual(['DB_USERNAME', 'DB_PASSWORD']);
    expect(stage.fake.leases.passwords).toContain(reveal(fields['DB_PASSWORD']!));
    expect([version, lease?.id]).toEqual([held!.id, held!.id]);
    expect(expiresAt).toBe(stage.fake.time + 90 * minute);
    expect(JSON.parse(asked('POST', '/leases')[0]!.body)).toEqual({
      dynamicSecretName: 'reporting',
      projectSlug: 'acme',
      environmentSlug: 'prod',
      path: '/db',
      ttl: '5400s',
    });
  });

  it('lasts as long as the dynamic secret says where nothing is said', async () => {
    stage.fake.leases.defaultTtl = '5m';
    expect((await fetched()).expiresAt).toBe(stage.fake.time + 5 * minute);
    expect(JSON.parse(asked('POST', '/leases')[0]!.body)).not.toHaveProperty('ttl');
  });

  it.each([-600_000, 600_000])('lasts as long as it does, though the clocks differ by %d ms', async (skew) => {
    stage.fake.skew = skew;
    const { expiresAt, lease } = await fetched();
    expect(expiresAt).toBe(stage.fake.time + 60 * minute);
    stage.fake.time += 40 * minute;
    expect(await (lease as Renewing).renew(signal())).toEqual({ expiresAt: stage.fake.time + 60 * minute });
  });

  it('is renewed to last from now as long as it did at first: the server adds to its end', async () => {
    const lease = await leaseOf();
    stage.fake.time += 40 * minute;
    expect(await lease.renew(signal())).toEqual({ expiresAt: stage.fake.time + 60 * minute });
    expect(JSON.parse(asked('POST', `${lease.id}/renew`)[0]!.body)).toMatchObject({ ttl: '2400s' });
    expect([...stage.fake.leases.held.values()][0]!.expireAt).toBe(stage.fake.time + 60 * minute);
  });

  it('is renewed to its longest life and no further, and then is not asked for in vain', async () => {
    stage.fake.leases.maxTtl = '2h';
    const lease = await leaseOf();
    const begun = stage.fake.time;
    for (const passed of [40, 80]) {
      stage.fake.time = begun + passed * minute;
      const until = Math.min(passed + 60, 120);
      expect(await lease.renew(signal())).toEqual({ expiresAt: begun + until * minute });
    }
    stage.fake.time = begun + 100 * minute;
    expect((await failureOf(lease.renew(signal()))).message).toBe('its lease cannot last longer');
    expect(asked('POST', `${lease.id}/renew`)).toHaveLength(2);
  });

  it('that the server does not renew is not taken to last longer', async () => {
    const lease = await leaseOf();
    stage.fake.instead.push({
      path: '/api/v1/dynamic-secrets',
      failure: new Failure(400, 'BadRequest', 'TTL cannot be larger than max ttl'),
    });
    expect(await failureOf(lease.renew(signal()))).toMatchObject({ kind: 'down' });
    stage.fake.leases.renew = () => ({ lease: { expireAt: new Date(0).toISOString() } });
    expect((await failureOf(lease.renew(signal()))).message).toMatch(/did not make its lease last longer$/);
  });

  it('is renewed and given back after the token has died', async () => {
    const lease = await leaseOf();
    stage.fake.tokens.revokeAll();
    stage.fake.time += 40 * minute;
    await lease.renew(signal());
    stage.fake.tokens.revokeAll();
    await lease.revoke(signal());
    expect(stage.fake.leases.held.size).toBe(0);
    expect(asked('POST', '/login')).toHaveLength(3);
  });
});

describe('a lease of Infisical is given back', () => {
  it('by DELETE with a body, as the server wants it', async () => {
    const lease = await leaseOf();
    await lease.revoke(signal());
    const [request] = asked('DELETE', lease.id);
    expect(JSON.parse(request!.body)).toEqual({
      projectSlug: 'acme',
      environmentSlug: 'prod',
      path: '/db',
      isForced: false,
    });
    expect(stage.fake.leases.held.size).toBe(0);
  });

  it('not where the server says so in a success, and what it says of it goes nowhere', async () => {
    const lease = await leaseOf();
    stage.fake.leases.cannotRevoke = true;
    const cause = await failureOf(lease.revoke(signal()));
    expect(cause.message).toMatch(/could not end its lease$/);
    for (const password of stage.fake.leases.passwords) expect(inspect(cause, { depth: 9 })).not.toContain(password);
  });

  it('not where the answer is of another one', async () => {
    const lease = await leaseOf();
    stage.fake.leases.revoke = () => ({ lease: { id: 'another' } });
    expect((await failureOf(lease.revoke(signal()))).message).toMatch(/could not end its lease$/);
  });

  it('and is so already where it has ended by its time', async () => {
    const lease = await leaseOf();
    stage.fake.time += 61 * minute;
    await expect(lease.revoke(signal())).resolves.toBeUndefined();
  });

  it('not where its folder is gone: that is no word on the lease', async () => {
    const lease = await leaseOf();
    const failure = new Failure(404, 'NotFound', "Folder with path '/Dynamic secret lease' not found");
    stage.fake.instead.push({ path: '/api/v1/dynamic-secrets', failure });
    expect(await failureOf(lease.revoke(signal()))).toMatchObject({ kind: 'missing' });
  });
});
