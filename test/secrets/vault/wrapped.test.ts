import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fetched } from '../../../src/secrets/index.js';
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
