import { afterEach, describe, expect, it } from '@jest/globals';
import type { Secrets } from '../../../src/secrets/index.js';
import { createSecrets } from '../../../src/secrets/lease.js';
import { FakeVault } from '../fakes/vault.js';
import { stageVault, type VaultStage } from '../vault-stage.js';

let stage: VaultStage;
afterEach(async () => {
  await stage.close();
  expect(stage.fake.violations).toEqual([]);
});

const desk = { client: 'desk' };

/** Secrets as requests get them, all from one Vault with a login by AppRole. */
async function open(names: readonly string[]): Promise<Secrets> {
  const fake = new FakeVault();
  fake.logins.appRoles.set('ci', { roleId: 'role-of-ci', secretIds: new Map(), bindSecretId: false, ttl: 600 });
  stage = await stageVault({ fake, auth: { method: 'approle', role_id: 'role-of-ci' } });
  const sources = new Map(
    names.map((name) => {
      const source = stage.source({ path: `database/creds/${name}` }, name);
      return [name, { kind: 'vault', source, mayGoTo: () => true }];
    }),
  );
  const onEvent = (event: VaultStage['events'][number]): void => void stage.events.push(event);
  const { clock } = fake;
  return createSecrets({ sources, backends: [stage.backend], limits: { secretTimeout: 5000 }, clock, onEvent });
}

describe('a Vault that secrets are read from', () => {
  it('is never a destination', async () => {
    await open([]);
    expect(stage.backend.origins).toEqual([`localhost:${stage.server.port}`]);
  });

  it('gives all leases back, and its login after them', async () => {
    const secrets = await open(['reader', 'writer']);
    await Promise.all([secrets.acquire('reader', desk), secrets.acquire('writer', desk)]);
    stage.fake.paths();
    await secrets.close();
    expect(stage.fake.paths()).toEqual([
      'POST sys/leases/revoke',
      'POST sys/leases/revoke',
      'POST auth/token/revoke-self',
    ]);
    expect([...stage.fake.engines.leases.values()].every(({ revoked }) => revoked)).toBe(true);
  });

  it('is asked once for what many ask for at a time, over one login', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `role-${index}`);
    const secrets = await open(names);
    await Promise.all(names.flatMap((name) => [1, 2, 3].map(() => secrets.acquire(name, desk))));
    const asked = stage.fake.paths();
    expect(asked.filter((path) => path === 'POST auth/approle/login')).toHaveLength(1);
    expect(asked.filter((path) => path.startsWith('GET database/creds/'))).toHaveLength(10);
    await secrets.close();
    expect([...stage.fake.engines.leases.values()].filter(({ revoked }) => !revoked)).toEqual([]);
  });

  it('that is sealed leaves in use what it has given, until that ends', async () => {
    const secrets = await open(['reader']);
    const first = await secrets.acquire('reader', desk);
    stage.fake.mode = 'sealed';
    stage.fake.pass(500);
    expect((await secrets.acquire('reader', desk)).version).toBe(first.version);
    stage.fake.pass(120);
    await expect(secrets.acquire('reader', desk)).rejects.toMatchObject({ code: 'secret_unavailable' });
    stage.fake.mode = 'active';
    await secrets.close();
  });
});
