import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fetched } from '../../../src/secrets/index.js';
import { reveal } from '../../../src/secrets/seal.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { kill, stageVault, writeIn, type VaultStage } from '../vault-stage.js';

let stage: VaultStage;
beforeEach(async () => {
  stage = await stageVault({ token: { ttl: 0 } });
});
afterEach(async () => {
  await stage.close();
  expect(stage.fake.violations).toEqual([]);
});

function read(options: object): Promise<Fetched> {
  return stage.source(options).fetch(fetchContext());
}

const signal = AbortSignal.timeout(60_000);
const creds = { path: 'database/creds/reader' };

describe('a credential with a lease', () => {
  it('is renewed and revoked by the lease, and the revocation is waited for', async () => {
    const { lease, expiresAt, version } = await read(creds);
    const { fake, server } = stage;
    expect(lease?.id).toMatch(/^database\/creds\/reader\//);
    expect(expiresAt).toBe(fake.now() + 600_000);
    expect((await read(creds)).version).not.toBe(version);
    fake.pass(400);
    expect(await lease?.renew?.(signal)).toEqual({ expiresAt: fake.now() + 600_000 });
    expect(JSON.parse(server.requests.at(-1)?.body ?? '')).toEqual({ lease_id: lease?.id, increment: 600 });
    await lease?.revoke?.(signal);
    expect(JSON.parse(server.requests.at(-1)?.body ?? '')).toEqual({ lease_id: lease?.id, sync: true });
    expect(fake.engines.leases.get(lease?.id ?? '')?.revoked).toBe(true);
  });

  it('near its greatest age gets the little that is left', async () => {
    stage.fake.engines.leaseMaxTtl = 700;
    const { lease } = await read(creds);
    stage.fake.pass(500);
    expect(await lease?.renew?.(signal)).toEqual({ expiresAt: stage.fake.now() + 200_000 });
  });

  it('that is gone cannot be renewed', async () => {
    const { lease } = await read(creds);
    stage.fake.pass(601);
    expect(await whyUnavailable(lease!.renew!(signal))).toContain('has no such lease any more');
  });

  it('that could not be revoked is told of, without the words of the database', async () => {
    const { lease } = await read(creds);
    stage.fake.engines.revocationFails = true;
    const why = await whyUnavailable(lease!.revoke!(signal));
    expect(why).toContain('answered with 500 (sys/leases/revoke');
    expect(why).not.toContain('secret-dsn');
  });

  it('without anything in it is still one to be given back, and without a lease it is missing', async () => {
    await read(creds);
    const body = { lease_id: 'database/creds/reader/x', lease_duration: 60, renewable: false, data: null };
    stage.fake.instead = { status: 200, body };
    expect(await read(creds)).toMatchObject({ fields: {}, lease: { id: 'database/creds/reader/x' } });
    stage.fake.instead = { status: 200, body: { ...body, lease_id: '' } };
    await expect(read(creds)).rejects.toMatchObject({ cause: { kind: 'missing' } });
  });

  it('of an unknown role is missing', async () => {
    const reading = read({ path: 'database/creds/unknown' });
    await expect(reading).rejects.toMatchObject({ cause: { kind: 'missing' } });
  });

  it('is never said to outlive the token that it hangs on, which is renewed with it', async () => {
    writeIn(stage.folder, 'token', stage.fake.tokens.create({ ttl: 60 }).id);
    const { lease, expiresAt } = await read(creds);
    expect(expiresAt).toBe(stage.fake.now() + 60_000);
    stage.fake.pass(38);
    expect(await lease?.renew?.(signal)).toEqual({ expiresAt: stage.fake.now() + 60_000 });
  });

  it('whose token has ended has ended', async () => {
    writeIn(stage.folder, 'token', stage.fake.tokens.create({ ttl: 60, renewable: false }).id);
    const { lease } = await read(creds);
    stage.fake.pass(61);
    expect(await whyUnavailable(lease!.renew!(signal))).toContain('has expired, and the lease with it');
  });

  it('is not called revoked where its token is refused', async () => {
    const { lease } = await read(creds);
    kill(stage.fake);
    expect(await whyUnavailable(lease!.revoke!(signal))).toContain('does not permit it');
  });
});

describe('credentials of AWS', () => {
  it.each(['session_token', 'security_token'] as const)(
    'have a session_token, where the engine calls it %s',
    async (name) => {
      stage.fake.engines.sessionTokenName = name;
      const { fields, lease } = await read({ path: 'aws/sts/deploy' });
      expect(Object.keys(fields).sort()).toEqual(['access_key', 'secret_key', 'session_token']);
      expect(lease).toMatchObject({ revoke: expect.any(Function) });
      expect(lease?.renew).toBeUndefined();
    },
  );

  it.each(['read', 'write'])('are made with what the engine is told, by method: %s', async (method) => {
    const parameters = { role_session_name: 'keywright & co', ttl: '15m' };
    const { fields } = await read({ path: 'aws/sts/deploy', method, parameters });
    expect(fields['arn'] && reveal(fields['arn'])).toBe('keywright & co');
  });
});

describe('what has an end and no lease', () => {
  it('is used until its countdown is over, and has the version of its value', async () => {
    const first = await read({ path: 'database/static-creds/reader' });
    expect(first).toMatchObject({ expiresAt: stage.fake.now() + 120_000, refreshAt: stage.fake.now() + 80_000 });
    expect(first.lease).toBeUndefined();
    expect((await read({ path: 'database/static-creds/reader' })).version).toBe(first.version);
  });

  it.each([
    ['a token of GCP', { path: 'gcp/roleset/ci/token' }, 1800, 300],
    [
      'a certificate',
      { path: 'pki/issue/web', method: 'write', parameters: { common_name: 'a.example.com' } },
      900,
      300,
    ],
  ])('is used until then: %s', async (_, options, end, refresh) => {
    const { expiresAt = 0, refreshAt = 0 } = await read(options);
    expect(Math.abs(expiresAt - stage.fake.now() - end * 1000)).toBeLessThanOrEqual(1000);
    expect(refreshAt).toBe(stage.fake.now() + refresh * 1000);
  });
});

describe('an engine that has to be written to', () => {
  it('says so where it is read', async () => {
    expect(await whyUnavailable(read({ path: 'pki/issue/web' }))).toContain('method: write');
  });

  it('is denied where what it is told is not enough', async () => {
    await expect(read({ path: 'pki/issue/web', method: 'write' })).rejects.toMatchObject({ cause: { kind: 'denied' } });
  });
});
