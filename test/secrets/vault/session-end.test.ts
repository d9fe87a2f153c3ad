import { afterEach, describe, expect, it } from '@jest/globals';
import type { Fetched } from '../../../src/secrets/index.js';
import { seal } from '../../../src/secrets/seal.js';
import { fetchContext } from '../context.js';
import { FakeVault } from '../fakes/vault.js';
import { random } from '../fakes/vault-engines.js';
import type { TokenTerms } from '../fakes/vault-tokens.js';
import { kill, stageVault, writeIn, type StageOptions, type VaultStage } from '../vault-stage.js';

let stage: VaultStage;
afterEach(async () => {
  await stage.close();
  expect(stage.fake.violations).toEqual([]);
});

const secretId = random();
const approle = { method: 'approle', role_id: 'role-of-ci', secret_id: 'bootstrap.secret_id' };
const context = { secrets: { 'bootstrap.secret_id': seal('bootstrap', secretId) } };

/** A Vault with a secret, and a login by AppRole whose tokens have these terms. */
async function open(terms: TokenTerms = {}, more: StageOptions = {}): Promise<VaultStage> {
  const fake = new FakeVault();
  fake.engines.write('kv/jira', { password: random() });
  fake.logins.appRoles.set('ci', { roleId: 'role-of-ci', secretIds: new Map([[secretId, 1000]]), ...terms });
  stage = await stageVault({ fake, auth: approle, ...more });
  return stage;
}

function read(path = 'kv/data/jira'): Promise<Fetched> {
  return stage.source({ path }).fetch(fetchContext(context));
}

const lookup = 'GET auth/token/lookup-self';
const renew = 'POST auth/token/renew-self';
const reading = 'GET kv/data/jira';

describe('a token of somebody else', () => {
  it('is read again from its file where it has died, and refused where it is the same', async () => {
    const { fake, folder } = await open({}, { auth: { method: 'token', token_file: 'token' } });
    writeIn(folder, 'token', fake.tokens.create().id);
    await read();
    kill(fake);
    await expect(read()).rejects.toMatchObject({ cause: { kind: 'login' } });
    writeIn(folder, 'token', fake.tokens.create().id);
    fake.pass(61);
    await read();
  });

  it('is renewed and never revoked, and a root token is neither', async () => {
    const { fake, folder, backend, events } = await open({}, { auth: { method: 'token', token_file: 'token' } });
    writeIn(folder, 'token', fake.tokens.create({ ttl: 600 }).id);
    await read();
    fake.pass(450);
    fake.paths();
    await read();
    expect(fake.paths()).toEqual([renew, reading]);
    await backend.close();
    expect(fake.paths()).toEqual([]);
    expect(events.map(({ event }) => event)).toEqual(['login']);
  });

  it('is looked at again, and no other login, where it cannot be renewed', async () => {
    const { fake, folder, events } = await open({}, { auth: { method: 'token', token_file: 'token' } });
    writeIn(folder, 'token', fake.tokens.create({ ttl: 600, renewable: false }).id);
    await read();
    fake.pass(450);
    fake.paths();
    await read();
    expect(fake.paths()).toEqual([lookup, reading]);
    expect(events).toHaveLength(1);
  });

  it('of another secret is sent to where that secret may go', async () => {
    const { fake, backend } = await open({}, { auth: { method: 'token', token: 'root-token' } });
    const sealed = seal('root-token', fake.tokens.create({ ttl: 0 }).id);
    const asked: unknown[] = [];
    const secret = (reference: unknown, to: unknown) => (asked.push([String(reference), to]), Promise.resolve(sealed));
    await stage.source({ path: 'kv/data/jira' }).fetch(fetchContext({ secret }));
    expect(asked).toEqual([['root-token', backend.origin]]);
  });
});

describe('at the end', () => {
  it('tokens that were logged in for are revoked, also those that were replaced while they were alive', async () => {
    const { fake, backend, events } = await open({ ttl: 600, renewable: false });
    await read();
    fake.pass(450);
    await read();
    await backend.close();
    expect([...fake.tokens.all.values()].map(({ revoked }) => revoked)).toEqual([true, true]);
    expect(events.filter(({ event }) => event === 'revoked')).toHaveLength(2);
    await expect(read()).rejects.toMatchObject({ code: 'draining' });
  });

  it('a batch token is left to its time', async () => {
    const { fake, backend } = await open({ type: 'batch' });
    await read();
    fake.paths();
    await backend.close();
    expect(fake.paths()).toEqual([]);
  });

  it('a token that could not be revoked is told of, and nothing waits', async () => {
    const { fake, backend, events } = await open();
    await read();
    fake.mode = 'sealed';
    await backend.close();
    expect(events.at(-1)).toMatchObject({ event: 'unrevoked', backend: 'corp' });
    expect(events.at(-1)?.reason?.message).toContain('is sealed');
  });
});
