import { afterEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '../../../src/core/refusal.js';
import type { Fetched } from '../../../src/secrets/index.js';
import { seal } from '../../../src/secrets/seal.js';
import { startBackend } from '../backend-server.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { FakeVault } from '../fakes/vault.js';
import { random } from '../fakes/vault-engines.js';
import { policyFrom } from '../fakes/vault-policy.js';
import type { TokenTerms } from '../fakes/vault-tokens.js';
import { kill, stageVault, type StageOptions, type VaultStage } from '../vault-stage.js';

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

const login = 'POST auth/approle/login';
const lookup = 'GET auth/token/lookup-self';
const renew = 'POST auth/token/renew-self';
const reading = 'GET kv/data/jira';

describe('a login that is refused', () => {
  it('is answered from memory for a minute, for every secret, as Vault locks out who tries often', async () => {
    const { fake, events } = await open();
    fake.logins.appRoles.clear();
    const why = await whyUnavailable(read());
    expect(why).toContain('does not take this role id with this secret id');
    expect(why).toContain(`not tried again before ${new Date(fake.clock.now() + 60_000).toISOString()} or a reload`);
    for (let tried = 0; tried < 20; tried += 1) expect(await whyUnavailable(read())).toBe(why);
    expect(fake.paths()).toEqual([login]);
    expect(events).toMatchObject([{ event: 'login_failed', backend: 'corp' }]);
    fake.pass(61);
    await whyUnavailable(read());
    expect(fake.paths()).toEqual([login]);
  });

  it('is tried again after longer each time, so that five never fall into a quarter of an hour', async () => {
    const { fake } = await open();
    fake.logins.appRoles.clear();
    const pauses: number[] = [];
    for (const wait of [61, 301, 961, 961]) {
      await whyUnavailable(read());
      const [, until = ''] = /not tried again before (\S+) or/.exec(await whyUnavailable(read())) ?? [];
      pauses.push((Date.parse(until) - fake.clock.now()) / 1000);
      fake.pass(wait);
    }
    expect(pauses).toEqual([60, 300, 960, 960]);
  });

  it('is tried once more after a reload, and where it is refused again the pause is the next longer one', async () => {
    const { fake, backend } = await open();
    const { appRoles } = fake.logins;
    const roles = [...appRoles];
    appRoles.clear();
    await whyUnavailable(read());
    backend.retryLogin?.();
    for (let tried = 0; tried < 5; tried += 1)
      await expect(read()).rejects.toMatchObject({ cause: { kind: 'login', retryAfter: 300_000 } });
    expect(fake.paths()).toEqual([login, login]);
    for (const [name, role] of roles) appRoles.set(name, role);
    backend.retryLogin?.();
    await expect(read()).resolves.toBeDefined();
  });

  it('is not tried for a fifth time within a quarter of an hour, however often there is a reload', async () => {
    const { fake, backend } = await open();
    fake.logins.appRoles.clear();
    for (let reloads = 0; reloads < 10; reloads += 1) {
      await whyUnavailable(read());
      backend.retryLogin?.();
    }
    expect(fake.paths()).toEqual([login, login, login, login]);
    fake.pass(901);
    backend.retryLogin?.();
    await whyUnavailable(read());
    expect(fake.paths()).toEqual([login]);
  });

  it('is of the kind that is told from a secret that is denied', async () => {
    const { fake } = await open();
    fake.logins.appRoles.clear();
    await expect(read()).rejects.toMatchObject({ cause: { kind: 'login' } });
    await expect(read()).rejects.toMatchObject({ cause: { kind: 'login', retryAfter: 60_000 } });
  });

  it('has no message with what was sent', async () => {
    const { fake, events } = await open();
    fake.logins.appRoles.clear();
    expect(await whyUnavailable(read())).not.toContain(secretId);
    expect(JSON.stringify(events.map(({ reason }) => reason?.message))).not.toContain(secretId);
  });

  it('leaves a token that is still alive in use', async () => {
    const { fake } = await open({ ttl: 600, renewable: false });
    await read();
    fake.logins.appRoles.clear();
    fake.pass(500);
    await read();
    expect(fake.paths().slice(-2)).toEqual([login, reading]);
    fake.pass(101);
    await expect(read()).rejects.toMatchObject({ cause: { kind: 'login' } });
  });
});

describe('a token', () => {
  it('is logged in for once, however many ask', async () => {
    const { fake, events } = await open();
    await Promise.all(Array.from({ length: 8 }, () => read()));
    expect(fake.paths().filter((path) => path === login)).toHaveLength(1);
    expect(events).toMatchObject([{ event: 'login', backend: 'corp', expiresAt: fake.now() + 3600_000 }]);
  });

  it('is not waited for any more by one whose time is over, and serves the others', async () => {
    await open();
    const controller = new AbortController();
    const gone = stage.source({ path: 'kv/data/jira' }).fetch(fetchContext({ ...context, signal: controller.signal }));
    const others = read();
    controller.abort(new Refusal('draining'));
    await expect(gone).rejects.toMatchObject({ code: 'draining' });
    await expect(others).resolves.toBeDefined();
  });

  it('is renewed when it is used after two thirds of its life, and not before', async () => {
    const { fake } = await open({ ttl: 600 });
    await read();
    fake.pass(399);
    await read();
    fake.paths();
    fake.pass(2);
    await Promise.all([read(), read()]);
    expect(fake.paths().filter((path) => path !== reading)).toEqual([renew]);
    fake.pass(300);
    await read();
    expect(fake.paths()).toEqual([reading]);
  });

  it.each<[string, TokenTerms]>([
    ['cannot be renewed', { ttl: 600, renewable: false }],
    ['is a batch token', { ttl: 600, type: 'batch' }],
    ['is near its greatest age', { ttl: 600, maxTtl: 660 }],
  ])('is replaced after two thirds of its life where it %s', async (_, terms) => {
    const { fake, events } = await open(terms);
    await read();
    fake.pass(450);
    fake.paths();
    await read();
    expect(fake.paths()).toContain(login);
    expect(events.filter(({ event }) => event === 'login')).toHaveLength(2);
  });

  it('that has died is replaced, and the secret is had by one fetch', async () => {
    const { fake } = await open();
    await read();
    kill(fake);
    fake.paths();
    await read();
    expect(fake.paths()).toEqual([reading, lookup, login, reading]);
  });

  it('that was found dead is not held against the one that has replaced it', async () => {
    const fake = new FakeVault();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const server = await startBackend(async (request) => {
      const reply = fake.handler(request);
      // The answer about the dead token reaches the second of two late: the first has another by then.
      if (request.path.endsWith('/lookup-self') && fake.paths().filter((path) => path === lookup).length > 0) {
        lookups += 1;
        if (lookups === 2) await released;
      }
      return reply;
    });
    let lookups = 0;
    fake.engines.write('kv/jira', { password: random() });
    fake.logins.appRoles.set('ci', { roleId: 'role-of-ci', secretIds: new Map([[secretId, 1000]]) });
    stage = await stageVault({ fake, server, auth: approle });
    await read();
    kill(fake);
    const both = [read(), read()];
    await Promise.race(both);
    release();
    await Promise.all(both);
    expect(stage.events.filter(({ event }) => event === 'login')).toHaveLength(2);
    await stage.close();
    await server.close();
  });

  it('that has used up its uses is replaced', async () => {
    const { fake } = await open({ numUses: 3 });
    for (let count = 0; count < 6; count += 1) await read();
    expect(fake.paths().filter((path) => path === login).length).toBeGreaterThan(1);
  });

  it('that is alive is kept where a path is denied to it', async () => {
    const policy = policyFrom('path "auth/token/*" {\n capabilities = ["read", "update"]\n}');
    const { fake } = await open({ policy });
    expect(await whyUnavailable(read())).toContain('does not permit it');
    await expect(read()).rejects.toMatchObject({ cause: { kind: 'denied' } });
    expect(fake.paths().filter((path) => path === login)).toHaveLength(1);
  });

  it('that may not look itself up leads to one login too many, never to a loop', async () => {
    const { fake } = await open({ policy: policyFrom('') });
    for (let count = 0; count < 5; count += 1)
      await expect(read()).rejects.toMatchObject({ cause: { kind: 'denied' } });
    expect(fake.paths().filter((path) => path === login)).toHaveLength(2);
  });

  it('is not thought dead by a server that fails', async () => {
    const { fake } = await open();
    await read();
    fake.mode = 'sealed';
    await expect(read()).rejects.toMatchObject({ cause: { kind: 'down' } });
    fake.mode = 'active';
    fake.paths();
    await read();
    expect(fake.paths()).toEqual([reading]);
  });
});
