import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fetched } from '../../../src/secrets/index.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { FakeVault, type VaultMode } from '../fakes/vault.js';
import { random } from '../fakes/vault-engines.js';
import { stageVault, type VaultStage } from '../vault-stage.js';

let stage: VaultStage;
beforeEach(async () => {
  stage = await stageVault();
  stage.fake.engines.write('kv/jira', { password: random() });
});
afterEach(async () => {
  await stage.close();
  expect(stage.fake.violations).toEqual([]);
});

function read(signal = AbortSignal.timeout(5000)): Promise<Fetched> {
  return stage.source({ path: 'kv/data/jira' }).fetch(fetchContext({ signal, caller: { client: 'desk/é' } }));
}

describe('a cluster that is not in service', () => {
  it.each<[VaultMode, string, string]>([
    ['sealed', 'is sealed: somebody has to unseal it', 'down'],
    ['namespace sealed', 'has sealed this namespace', 'down'],
    ['locked', 'has this namespace locked by an administrator', 'down'],
    ['standby', 'is a standby that does not forward requests: use the address of the cluster', 'down'],
    ['quota', 'has a rate limit that is reached', 'throttled'],
    ['secondary', 'is a secondary for disaster recovery', 'down'],
    ['performance standby', 'is a performance standby', 'down'],
  ])('%s is told in words, before and after the login, and is asked once', async (mode, words, kind) => {
    stage.fake.mode = mode;
    const before = await whyUnavailable(read());
    expect(before).toContain(words);
    expect(before).toContain(stage.backend.origin);
    expect(stage.fake.paths()).toHaveLength(1);
    stage.fake.mode = 'active';
    await read();
    stage.fake.paths();
    stage.fake.mode = mode;
    await expect(read()).rejects.toMatchObject({ cause: { kind } });
    expect(stage.fake.paths()).toHaveLength(1);
  });

  it.each([400, 401, 403, 404, 405])(
    'has a load balancer before it, whose page with %i says nothing of the secret',
    async (status) => {
      await read();
      stage.fake.paths();
      stage.fake.instead = { status, body: '<html><h1>Not here</h1></html>' };
      await expect(read()).rejects.toMatchObject({ cause: { kind: 'down' } });
      expect(await whyUnavailable(read())).toContain(`answered with status ${status} and nothing of Vault's`);
    },
  );

  it('says how long it wants to be left alone', async () => {
    stage.fake.mode = 'quota';
    await expect(read()).rejects.toMatchObject({ cause: { retryAfter: 9000 } });
  });
});

describe('a node that has not caught up', () => {
  it('is asked again a few times', async () => {
    await read();
    stage.fake.behind = 2;
    await expect(read()).resolves.toBeDefined();
  });

  it('is down where it does not catch up', async () => {
    await read();
    stage.fake.paths();
    stage.fake.behind = 100;
    await expect(read()).rejects.toMatchObject({ cause: { kind: 'down' } });
    expect(stage.fake.paths()).toHaveLength(4);
  });

  it('is not waited for longer than anybody waits', async () => {
    await read();
    stage.fake.behind = 100;
    const begin = performance.now();
    await expect(read(AbortSignal.timeout(100))).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});

describe('every call', () => {
  it('has the namespace, also the login, and no other', async () => {
    const fake = new FakeVault();
    fake.namespace = 'team-a/ci';
    fake.engines.write('kv/jira', { password: random() });
    const other = await stageVault({ fake, options: { namespace: 'team-a/ci/' } });
    try {
      const { lease } = await other.source({ path: 'database/creds/reader' }).fetch(fetchContext());
      await lease?.renew?.(AbortSignal.timeout(5000));
      expect(new Set(other.server.requests.map(({ headers }) => headers['x-vault-namespace']))).toEqual(
        new Set(['team-a/ci/']),
      );
    } finally {
      await other.close();
    }
    await read();
    expect(stage.server.requests.filter(({ headers }) => 'x-vault-namespace' in headers)).toEqual([]);
  });

  it("can be found in Vault's own audit log, by an id that no other call has, and by who it is for", async () => {
    await read();
    await read();
    const ids = stage.fake.seen.map(({ correlation }) => correlation);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(ids.map((id) => id.split('.')[0])).size).toBe(1);
    expect(stage.fake.seen.at(-1)?.agent).toBe('desk%2F%C3%A9');
    expect(stage.events[0]?.reason?.message).toContain(`X-Correlation-Id ${ids[0]?.split('.')[0]}.*`);
  });

  it('that fails is told with its id', async () => {
    await read();
    const why = await whyUnavailable(stage.source({ path: 'kv/data/none' }).fetch(fetchContext()));
    expect(why).toContain(`request ${stage.fake.seen.at(-1)?.correlation}`);
  });
});
