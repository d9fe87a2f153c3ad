import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fetched } from '../../../src/secrets/index.js';
import { reveal } from '../../../src/secrets/seal.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { random } from '../fakes/vault-engines.js';
import { policyFrom } from '../fakes/vault-policy.js';
import { stageVault, writeIn, type VaultStage } from '../vault-stage.js';

const password = random();
let stage: VaultStage;
beforeEach(async () => {
  stage = await stageVault();
  stage.fake.engines.write('kv/jira', { password, port: 12345678, tags: ['a'] });
  stage.fake.engines.kv1.set('jira', { password });
});
afterEach(async () => {
  await stage.close();
  expect(stage.fake.violations).toEqual([]);
});

function read(options: object): Promise<Fetched> {
  return stage.source(options).fetch(fetchContext());
}

function shown({ fields }: Fetched): object {
  return Object.fromEntries(Object.entries(fields).map(([name, sealed]) => [name, reveal(sealed)]));
}

describe('a secret of KV version 2', () => {
  it.each(['deleted', 'destroyed'] as const)('whose version was %s is missing, and says so', async (state) => {
    const [version] = stage.fake.engines.kv2.get('kv/jira') ?? [];
    version![state] = true;
    const why = await whyUnavailable(read({ path: 'kv/data/jira' }));
    expect(why).toContain(`version 1 of kv/data/jira was ${state}`);
    await expect(read({ path: 'kv/data/jira' })).rejects.toMatchObject({ cause: { kind: 'missing' } });
  });

  it('that never was is missing', async () => {
    await expect(read({ path: 'kv/data/other' })).rejects.toMatchObject({ cause: { kind: 'missing' } });
  });

  it.each(['kv/data/jira', 'kv/jira'])('is found by %s', async (path) => {
    const fetched = await read({ path });
    expect(shown(fetched)).toEqual({ password, port: '12345678' });
    expect(fetched.version).toBe(`1@${new Date(stage.fake.now()).toISOString()}`);
    expect(fetched.lease).toBeUndefined();
  });

  it.each(['team/kv/data/jira', 'team/kv/jira'])('of a mount with a slash in it is found by %s', async (path) => {
    stage.fake.engines.write('team/kv/jira', { password });
    expect(shown(await read({ path }))).toEqual({ password });
  });

  it('has another version when it is written, and again when all of it was deleted and written', async () => {
    const first = await read({ path: 'kv/jira' });
    stage.fake.engines.write('kv/jira', { password: random() });
    const second = await read({ path: 'kv/jira' });
    stage.fake.engines.kv2.clear();
    stage.fake.pass(1);
    stage.fake.engines.write('kv/jira', { password: random() });
    const third = await read({ path: 'kv/jira' });
    expect(new Set([first, second, third].map(({ version }) => version)).size).toBe(3);
  });

  it('can be held to one version', async () => {
    stage.fake.engines.write('kv/jira', { password: random() });
    expect(shown(await read({ path: 'kv/jira', version: 1 }))).toMatchObject({ password });
  });

  it('is looked at every five minutes and used for an hour, or as it is configured', async () => {
    const now = stage.fake.now();
    expect(await read({ path: 'kv/jira' })).toMatchObject({ refreshAt: now + 300_000, expiresAt: now + 3_600_000 });
    const times = { refresh: '10s', max_stale: '2m' };
    expect(await read({ path: 'kv/jira', ...times })).toMatchObject({
      refreshAt: now + 10_000,
      expiresAt: now + 120_000,
    });
  });
});

describe('a secret of KV version 1', () => {
  it('is what is there, with a hint of when to look again', async () => {
    const fetched = await read({ path: 'old/jira' });
    expect(shown(fetched)).toEqual({ password });
    expect(fetched).toMatchObject({ refreshAt: stage.fake.now() + 300_000 });
    expect((await read({ path: 'old/jira' })).version).toBe(fetched.version);
  });

  it('has no versions to be held to', async () => {
    expect(await whyUnavailable(read({ path: 'old/jira', version: 1 }))).toContain('it is not of KV version 2');
    const path = 'database/creds/reader';
    expect(await whyUnavailable(read({ path, version: 1 }))).toContain('it is not of KV version 2');
    expect(stage.fake.engines.leases.size).toBe(0);
  });

  it('may have a ttl of its own, which is no end', async () => {
    stage.fake.engines.kv1.set('jira', { password, ttl: 5 });
    expect(await read({ path: 'old/jira' })).toMatchObject({ expiresAt: stage.fake.now() + 3_600_000 });
  });
});

describe('which engine is there', () => {
  const asked = () => stage.fake.paths().filter((path) => path !== 'GET auth/token/lookup-self');

  it('is asked once', async () => {
    await read({ path: 'kv/jira' });
    await read({ path: 'kv/data/jira' });
    expect(asked()).toEqual(['GET sys/internal/ui/mounts/kv/jira', 'GET kv/data/jira', 'GET kv/data/jira']);
  });

  it('is not asked where the configuration says it', async () => {
    await read({ path: 'kv/jira', kv_version: 2 });
    await read({ path: 'team/kv/data/jira', kv_version: 2 }).catch(() => undefined);
    await read({ path: 'old/jira', kv_version: 1 });
    expect(asked()).toEqual(['GET kv/data/jira', 'GET team/kv/data/jira', 'GET old/jira']);
  });

  it('shows from the answer where Vault does not say', async () => {
    const policy = { allows: () => true, reaches: () => false };
    writeIn(stage.folder, 'token', stage.fake.tokens.create({ policy }).id);
    expect(shown(await read({ path: 'kv/jira' }))).toMatchObject({ password });
    expect(shown(await read({ path: 'kv/data/jira' }))).toMatchObject({ password });
    expect(shown(await read({ path: 'old/jira' }))).toEqual({ password });
    expect(asked()).toContain('GET kv/jira');
  });

  it('is asked again where nothing is found any more: another engine may be there now', async () => {
    await read({ path: 'old/jira' });
    stage.fake.engines.mounts[0]!.options = { version: '2' };
    stage.fake.engines.write('old/jira', { password: 'of-the-new-engine' });
    await expect(read({ path: 'old/jira' })).rejects.toMatchObject({ cause: { kind: 'missing' } });
    expect(shown(await read({ path: 'old/jira' }))).toEqual({ password: 'of-the-new-engine' });
  });

  it('is not believed where the answer is about another mount', async () => {
    stage.fake.engines.mounts.find(({ path }) => path === 'kv/')!.path = 'k';
    await expect(read({ path: 'kv/jira' })).rejects.toMatchObject({ cause: { kind: 'down' } });
  });
});

describe('a refusal', () => {
  it('of one secret leaves the others alone', async () => {
    const policy = policyFrom(
      'path "kv/data/jira" {\n capabilities = ["read"]\n}\npath "auth/token/*" {\n capabilities = ["read"]\n}',
    );
    writeIn(stage.folder, 'token', stage.fake.tokens.create({ policy }).id);
    await expect(read({ path: 'kv/data/other' })).rejects.toMatchObject({ cause: { kind: 'denied' } });
    await expect(read({ path: 'kv/data/jira' })).resolves.toBeDefined();
  });
});
