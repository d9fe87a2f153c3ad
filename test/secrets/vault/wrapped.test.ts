import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fetched } from '../../../src/secrets/index.js';
import type { OpenedOnce } from '../../../src/secrets/source-context.js';
import { startBackend } from '../backend-server.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { random } from '../fakes/vault-engines.js';
import { kill, stageVault, writeIn, type VaultStage } from '../vault-stage.js';

const secretId = random();
const creationPath = 'auth/approle/role/ci/secret-id';
let stage: VaultStage;
beforeEach(async () => {
  const auth = { method: 'approle', role_id: 'role-of-ci', role_name: 'ci', wrapped_secret_id_file: 'wrapped' };
  stage = await stageVault({ auth });
  const { fake } = stage;
  fake.engines.write('kv/jira', { password: random() });
  fake.logins.appRoles.set('ci', { roleId: 'role-of-ci', secretIds: new Map([[secretId, 10]]) });
});
afterEach(async () => {
  await stage.close();
  expect(stage.fake.violations).toEqual([]);
});

function read(): Promise<Fetched> {
  return stage.source({ path: 'kv/data/jira' }).fetch(fetchContext());
}

function deliver(path = creationPath, data: object = { secret_id: secretId }): string {
  const wrapping = stage.fake.tokens.wrap(path, data);
  writeIn(stage.folder, 'wrapped', wrapping);
  return wrapping;
}

describe('a wrapped secret id', () => {
  it.each([
    'auth/approle/role/other/secret-id',
    'auth/approle/role/ci/secret-id/',
    'sys/wrapping/wrap',
    'cubbyhole/auth/approle/role/ci/secret-id',
  ])('that was made at %s is not opened', async (path) => {
    const wrapping = deliver(path);
    expect(await whyUnavailable(read())).toContain(`was not made at ${creationPath}: it was not opened`);
    expect(stage.fake.tokens.wrapping(wrapping)).toBeDefined();
    expect(stage.fake.paths()).toEqual(['POST sys/wrapping/lookup']);
    expect(stage.events).toMatchObject([{ event: 'login_failed', backend: 'corp' }]);
  });

  it.each([
    ['was used by somebody else', () => stage.fake.tokens.wrapped.clear()],
    ['has expired', () => stage.fake.pass(301)],
    ['is forged', () => writeIn(stage.folder, 'wrapped', `hvs.${random()}`)],
  ])('that %s is a failure with words of its own, which is not tried again soon', async (_, happen) => {
    const wrapping = deliver();
    happen();
    const why = await whyUnavailable(read());
    expect(why).toContain('it has been used, has expired or is forged');
    expect(why).not.toContain(wrapping);
    expect(stage.events[0]?.reason?.message).toContain('If nobody of yours has used it, somebody else has');
    await expect(read()).rejects.toMatchObject({ cause: { kind: 'login' } });
    expect(stage.fake.paths()).toEqual(['POST sys/wrapping/lookup']);
  });

  it('that holds something else is a failure', async () => {
    deliver(creationPath, { password: 'x' });
    expect(await whyUnavailable(read())).toContain('held no secret id');
  });

  it('is opened once, and serves later logins also where its file is gone', async () => {
    deliver();
    await read();
    rmSync(join(stage.folder, 'wrapped'));
    kill(stage.fake);
    await read();
    const asked = stage.fake.paths();
    expect(asked.filter((path) => path === 'POST sys/wrapping/unwrap')).toHaveLength(1);
    expect(asked.filter((path) => path === 'POST auth/approle/login')).toHaveLength(2);
  });

  it('that is delivered anew is opened', async () => {
    deliver();
    await read();
    kill(stage.fake);
    stage.fake.logins.appRoles.get('ci')?.secretIds.clear();
    stage.fake.logins.appRoles.get('ci')?.secretIds.set('the-next-secret-id', 1);
    deliver(creationPath, { secret_id: 'the-next-secret-id' });
    await expect(read()).resolves.toBeDefined();
  });
});

describe('a wrapping token that was opened before a backend was replaced', () => {
  const openedOnce = new Map<string, OpenedOnce>();
  const auth = { method: 'approle', role_id: 'role-of-ci', role_name: 'ci', wrapped_secret_id_file: 'wrapped' };
  const replaced = (more: Partial<Parameters<typeof stageVault>[0]> = {}): Promise<VaultStage> => {
    const { fake, server, folder } = stage;
    return stageVault({ fake, server, auth, ...more, context: { openedOnce, folder, ...more.context } });
  };
  const readFrom = (one: VaultStage) => one.source({ path: 'kv/data/jira' }).fetch(fetchContext());
  beforeEach(() => openedOnce.clear());

  it('serves the one that takes its place, also where its file is gone, and is not asked about again', async () => {
    const wrapping = deliver();
    const first = await replaced();
    await readFrom(first);
    await first.close();
    stage.fake.paths();
    const second = await replaced();
    await expect(readFrom(second)).resolves.toBeDefined();
    await second.close();
    rmSync(join(stage.folder, 'wrapped'));
    const third = await replaced();
    await expect(readFrom(third)).resolves.toBeDefined();
    await third.close();
    expect(stage.fake.paths().filter((path) => path.startsWith('POST sys/wrapping'))).toEqual([]);
    expect(JSON.stringify([...openedOnce])).not.toContain(wrapping);
    expect(JSON.stringify([...openedOnce])).not.toContain(secretId);
  });

  it('goes to no other Vault, role or namespace: that is told, and that a new one is needed', async () => {
    deliver();
    const first = await replaced();
    await readFrom(first);
    stage.fake.paths();
    const second = await replaced({ auth: { ...auth, role_name: 'other' } });
    expect(await whyUnavailable(readFrom(second))).toContain('this process has opened the wrapping token already');
    const third = await replaced({ options: { namespace: 'team' } });
    expect(await whyUnavailable(readFrom(third))).toContain('it opens once, so a new one has to be delivered');
    expect(stage.fake.paths()).toEqual([]);
    await Promise.all([first, second, third].map((one) => one.close()));
  });

  it('and was lost on its way is told to be lost by this process, not to be stolen', async () => {
    deliver(creationPath, { password: 'x' });
    const first = await replaced();
    expect(await whyUnavailable(readFrom(first))).toContain('held no secret id');
    const second = await replaced();
    const why = await whyUnavailable(readFrom(second));
    expect(why).toContain('This process sent it to be opened and got no answer that could be used');
    expect(why).not.toContain('somebody else');
    await Promise.all([first, second].map((one) => one.close()));
  });

  it('is opened by one of two that need it in the same moment', async () => {
    deliver();
    const both = [await replaced(), await replaced()];
    await Promise.all(both.map(readFrom));
    expect(stage.fake.paths().filter((path) => path === 'POST sys/wrapping/unwrap')).toHaveLength(1);
    await Promise.all(both.map((one) => one.close()));
  });

  it('goes to no other Vault that is reached by another path of the same host and port', async () => {
    const { fake } = stage;
    const server = await startBackend((request) =>
      fake.handler({ ...request, path: request.path.replace(/^\/other\//, '/') }),
    );
    const at = (path: string) => replaced({ server, options: { address: server.address + path } });
    deliver();
    const [first, other, same] = [await at(''), await at('/other'), await at('/')];
    await readFrom(first);
    fake.paths();
    expect(await whyUnavailable(readFrom(other))).toContain(`made at ${creationPath} at https://localhost:`);
    expect(fake.paths()).toEqual([]);
    await expect(readFrom(same)).resolves.toBeDefined();
    await Promise.all([first, other, same].map((one) => one.close()));
    await server.close();
  });

  it('is opened by one of two that tried in vain in the same moment, and what was in it serves both', async () => {
    deliver();
    const both = [await replaced(), await replaced()];
    stage.fake.mode = 'sealed';
    await Promise.allSettled(both.map(readFrom));
    stage.fake.mode = 'active';
    stage.fake.paths();
    await Promise.all(both.map(readFrom));
    kill(stage.fake);
    await Promise.all(both.map(readFrom));
    expect(stage.fake.paths().filter((path) => path === 'POST sys/wrapping/unwrap')).toHaveLength(1);
    await Promise.all(both.map((one) => one.close()));
  });

  it('is opened by the second where the first could not ask, and one that waits for both asks for nothing', async () => {
    deliver();
    const { fake } = stage;
    let lookups = 0;
    const server = await startBackend((request) => {
      const isLookup = request.path === '/v1/sys/wrapping/lookup';
      if (isLookup && (lookups += 1) === 1) return { status: 503, body: { errors: ['Vault is sealed'] } };
      return fake.handler(request);
    });
    const all = await Promise.all([1, 2, 3].map(() => replaced({ server })));
    const outcomes = await Promise.allSettled(all.map(readFrom));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(fake.paths().filter((path) => path === 'POST sys/wrapping/unwrap')).toHaveLength(1);
    await Promise.all(all.map((one) => one.close()));
    await server.close();
  });

  it('is not lost where the backend that has sent it is closed: the answer is waited for, and serves the next', async () => {
    deliver();
    const { fake } = stage;
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    let sent = (): void => undefined;
    const isSent = new Promise<void>((resolve) => (sent = resolve));
    const server = await startBackend(async (request) => {
      const reply = fake.handler(request);
      if (request.path !== '/v1/sys/wrapping/unwrap') return reply;
      sent();
      await answered;
      return reply;
    });
    const first = await replaced({ server });
    const reading = expect(readFrom(first)).rejects.toMatchObject({ code: 'draining' });
    await isSent;
    const closing = first.close();
    await reading;
    const second = await replaced({ server });
    const next = readFrom(second);
    answer();
    await expect(next).resolves.toBeDefined();
    await closing;
    await second.close();
    await server.close();
  });

  it('in a trial is looked at and left as it is, and what was not checked is told', async () => {
    const wrapping = deliver();
    const trial = await replaced({ context: { trial: true } });
    const read = readFrom(trial);
    await expect(read).rejects.toMatchObject({ cause: { kind: 'untried' } });
    expect(await whyUnavailable(read)).toMatch(
      /wrapped was made at auth\/approle\/role\/ci\/secret-id, and is good until \d{4}-.*It opens once, so the login was not tried: neither the secret id in it, nor the role, nor what it may read was checked$/,
    );
    expect(stage.fake.paths()).toEqual(['POST sys/wrapping/lookup']);
    expect(stage.fake.tokens.wrapping(wrapping)).toBeDefined();
    deliver('auth/approle/role/other/secret-id');
    await expect(readFrom(trial)).rejects.toMatchObject({ cause: { kind: 'login' } });
    await trial.close();
  });
});
