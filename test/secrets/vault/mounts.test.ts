import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fetchContext } from '../context.js';
import { stageVault, type VaultStage } from '../vault-stage.js';

let stage: VaultStage;
beforeEach(async () => {
  stage = await stageVault();
});
afterEach(() => stage.close());

describe('the mount of a path', () => {
  it.each([
    ['kv/jira', { path: 'kv', engine: 'kv2' }],
    ['team/kv/data/jira', { path: 'team/kv', engine: 'kv2' }],
    ['old/jira', { path: 'old', engine: 'kv1' }],
    ['database/creds/reader', { path: 'database', engine: 'other' }],
    ['nowhere/x', undefined],
  ])('of %s is %j', async (path, expected) => {
    expect(await stage.backend.mounts.of(path, fetchContext())).toEqual(expected);
  });

  it.each([{ data: null }, { data: { path: 5 } }, { data: { path: '/' } }, { data: { path: 'k/' } }, {}])(
    'is not taken from an answer that names none: %j',
    async (body) => {
      const { mounts } = stage.backend;
      await mounts.of('old/jira', fetchContext());
      stage.fake.instead = { status: 200, body };
      const asking = mounts.of('kv/jira', fetchContext());
      await expect(asking).rejects.toMatchObject({ kind: 'down' });
    },
  );

  it('is asked for again once it was forgotten', async () => {
    const { mounts } = stage.backend;
    const mount = await mounts.of('kv/jira', fetchContext());
    stage.fake.paths();
    await mounts.of('kv/other', fetchContext());
    expect(stage.fake.paths()).toEqual([]);
    mounts.forget(mount!);
    await mounts.of('kv/other', fetchContext());
    expect(stage.fake.paths()).toEqual(['GET sys/internal/ui/mounts/kv/other']);
  });
});
