import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Fetched } from '../../../src/secrets/index.js';
import { seal } from '../../../src/secrets/seal.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { clientCertificate } from '../fakes/client-certificate.js';
import { FakeVault } from '../fakes/vault.js';
import { random } from '../fakes/vault-engines.js';
import { stageVault, writeIn, type StageOptions, type VaultStage } from '../vault-stage.js';

let stage: VaultStage;
afterEach(async () => {
  await stage.close();
  expect(stage.fake.violations).toEqual([]);
});

async function open(fake: FakeVault, auth: object, more: StageOptions = {}): Promise<VaultStage> {
  fake.engines.write('kv/jira', { password: random() });
  stage = await stageVault({ fake, auth, ...more });
  return stage;
}

function read(secrets = {}): Promise<Fetched> {
  return stage.source({ path: 'kv/data/jira' }).fetch(fetchContext({ secrets }));
}

describe('a login by AppRole', () => {
  const withRole = (secretId: string, uses = 10): FakeVault => {
    const fake = new FakeVault();
    fake.logins.appRoles.set('ci', { roleId: 'role-of-ci', secretIds: new Map([[secretId, uses]]) });
    return fake;
  };

  it('takes the secret id from a file each time, so that it can be replaced', async () => {
    const fake = withRole('secret-id-1', 1);
    const { folder } = await open(fake, {
      method: 'approle',
      mount: 'team/approle',
      role_id: 'role-of-ci',
      secret_id_file: 'id',
    });
    writeIn(folder, 'id', 'secret-id-1');
    await read();
    for (const token of fake.tokens.all.values()) token.revoked = true;
    fake.logins.appRoles.get('ci')?.secretIds.set('secret-id-22', 1);
    writeIn(folder, 'id', 'secret-id-22');
    await read();
    expect(fake.paths()).toContain('POST auth/team/approle/login');
  });

  it('needs no secret id where the role binds none', async () => {
    const fake = new FakeVault();
    fake.logins.appRoles.set('ci', { roleId: 'role-of-ci', secretIds: new Map(), bindSecretId: false });
    await open(fake, { method: 'approle', role_id: 'role-of-ci' });
    await expect(read()).resolves.toBeDefined();
  });

  it('says which file is missing, and asks nobody', async () => {
    const { fake } = await open(withRole('x'), { method: 'approle', role_id: 'role-of-ci', secret_id_file: 'nowhere' });
    expect(await whyUnavailable(read())).toContain('nowhere does not exist');
    expect(fake.paths()).toEqual([]);
  });

  it('says that a mount is not there', async () => {
    await open(withRole('x'), { method: 'approle', mount: 'other', role_id: 'role-of-ci' });
    expect(await whyUnavailable(read())).toContain('has no such auth method');
  });
});

describe('a login by Kubernetes', () => {
  const auth = { method: 'kubernetes', role: 'proxy', jwt_file: 'jwt' };

  it('sends the projected token as it is at that time', async () => {
    const fake = new FakeVault();
    const { folder } = await open(fake, auth);
    for (const jwt of ['first.projected.token', 'second.projected.token']) {
      fake.logins.kubernetes.set('proxy', { jwt });
      writeIn(folder, 'jwt', jwt);
      for (const token of fake.tokens.all.values()) token.revoked = true;
      await read();
    }
  });

  it.each([
    ['service account name not authorized', 'does not let this service account use the role'],
    ['namespace not authorized', 'does not let service accounts of this Kubernetes namespace use the role'],
  ])('says so where Vault says: %s', async (error, words) => {
    const fake = new FakeVault();
    fake.logins.kubernetes.set('proxy', { jwt: 'a.b.c', error });
    writeIn((await open(fake, auth)).folder, 'jwt', 'a.b.c');
    expect(await whyUnavailable(read())).toContain(words);
  });
});

describe('a login by JWT', () => {
  it('needs no role where the method has a default, and takes the token from another secret', async () => {
    const fake = new FakeVault();
    fake.logins.jwt.set('proxy', { jwt: 'token.of.provider' });
    fake.logins.defaultRole = 'proxy';
    await open(fake, { method: 'jwt', jwt: 'idp' });
    await expect(read({ idp: seal('idp', 'token.of.provider') })).resolves.toBeDefined();
  });

  it('repeats nothing of a refusal, which has the token in it', async () => {
    const fake = new FakeVault();
    fake.logins.jwt.set('proxy', { jwt: 'another.one' });
    const { folder } = await open(fake, { method: 'jwt', role: 'proxy', jwt_file: 'jwt' });
    writeIn(folder, 'jwt', 'token.of.provider');
    const why = await whyUnavailable(read());
    expect(why).toContain('its signature, its time or its claims do not fit the role');
    expect(why).not.toContain('token.of.provider');
  });
});

describe('a login by certificate', () => {
  const { cert, key } = clientCertificate('proxy-of-ci');

  it('shows the certificate, and names the role where it has one', async () => {
    const fake = new FakeVault();
    fake.logins.cert.set('proxy-of-ci', { name: 'web' });
    const files = mkdtempSync(join(tmpdir(), 'keywright-vault-cert-'));
    writeFileSync(join(files, 'cert.pem'), cert);
    writeFileSync(join(files, 'key.pem'), key, { mode: 0o600 });
    const options = { client_cert_file: join(files, 'cert.pem'), client_key_file: join(files, 'key.pem') };
    await open(fake, { method: 'cert', role: 'web' }, { options, clientCa: cert });
    await expect(read()).resolves.toBeDefined();
    rmSync(files, { recursive: true });
  });

  it('without a certificate is refused', async () => {
    await open(new FakeVault(), { method: 'cert' }, { clientCa: cert });
    expect(await whyUnavailable(read())).toContain('does not take the client certificate');
  });
});

describe('an answer to a login', () => {
  it.each([
    [{ auth: null }, 'answered a login without a token', 'down'],
    [{ auth: { client_token: '', mfa_requirement: { mfa_request_id: 'x' } } }, 'asks for a second factor', 'login'],
    [{ auth: { client_token: 'hvs.a\r\nX-Evil: 1' } }, 'is not one word of visible ASCII', 'login'],
  ])('without a token that can be used is none: %j', async (body, words, kind) => {
    const fake = new FakeVault();
    await open(fake, { method: 'approle', role_id: 'r' });
    fake.logins.answer = () => ({ status: 200, body });
    await expect(read()).rejects.toMatchObject({ cause: { kind, message: expect.stringContaining(words) as unknown } });
  });
});
