import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  chmodSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Fetched } from '../../../src/secrets/index.js';
import { Rotation } from '../../../src/secrets/oauth/rotation.js';
import { seal } from '../../../src/secrets/seal.js';
import type { BackendServer } from '../backend-server.js';
import { fetchContext, whyUnavailable } from '../context.js';
import type { FakeOauth } from '../fakes/oauth.js';
import { byBasic, clientSecret, closeAll, startFake, valueOf } from './fake-server.js';
import { makeOauth, sealedAll } from './make.js';

let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing) await close();
  closing = [];
  await closeAll();
});

interface Setting {
  readonly server: BackendServer;
  readonly fake: FakeOauth;
  readonly first: string;
  readonly file: string;
  /** From a source of its own, as if by another process. */
  readonly refresh: (more?: object, first?: string) => Promise<Fetched>;
  /** One source, for several fetches. */
  readonly open: (more?: object) => (signal?: AbortSignal, first?: string) => Promise<Fetched>;
}

async function setting(rotates = true): Promise<Setting> {
  const { server, fake } = await startFake({ ...byBasic, rotates });
  const first = fake.consent();
  const base = { token_url: `${server.address}/oauth/token`, ca_file: server.caFile, client_secret: 'client' };
  const open: Setting['open'] = (more = {}) => {
    const options = { ...base, grant: 'refresh_token', refresh_token: 'first', ...more };
    const made = makeOauth(options, { folder: server.folder });
    closing.push(made.close);
    return (signal = new AbortController().signal, token = first) =>
      made.source.fetch(
        fetchContext({ secrets: sealedAll({ client: clientSecret, first: token, other: token }), signal }),
      );
  };
  const refresh: Setting['refresh'] = (more, token) => open(more)(undefined, token);
  return { server, fake, first, file: join(server.folder, 'state/oauth/first.json'), refresh, open };
}

describe('a refresh token that may have been used is not used', () => {
  it('where the new one came and could not be written: it is written first, and nothing is handed out before', async () => {
    const { fake, file, open, first } = await setting();
    const refresh = open();
    await refresh();
    fake.onRefreshed = () => {
      fake.onRefreshed = () => undefined;
      // A folder in its place: nothing can be put there, not even by root.
      renameSync(file, `${file}.aside`);
      mkdirSync(file);
    };
    expect(await whyUnavailable(refresh())).toContain(`${file}, where refresh tokens are kept, cannot be used`);
    expect(await whyUnavailable(refresh())).toContain('is not a regular file');
    rmdirSync(file);
    renameSync(`${file}.aside`, file);
    expect(await valueOf(refresh())).toBe(fake.access('refresh'));
    expect(fake.reuses).toBe(0);
    expect(await valueOf(open()())).toBe(fake.access('refresh'));
    expect(fake.newest(first)).toBeDefined();
  });

  it('where nobody waits for its answer any more: that is kept all the same', async () => {
    const { fake, open } = await setting();
    const refresh = open();
    let release = (): void => undefined;
    const controller = new AbortController();
    fake.onRefreshed = () => {
      controller.abort(new Error('nobody waits'));
      return new Promise<void>((resolve) => (release = resolve));
    };
    await expect(refresh(controller.signal)).rejects.toThrow('nobody waits');
    fake.onRefreshed = () => undefined;
    const next = refresh();
    release();
    expect(await valueOf(next)).toBe(fake.access('refresh'));
    expect(await valueOf(refresh())).toBe(fake.access('refresh'));
    expect(fake.reuses).toBe(0);
  });

  it('where two secrets are made from the same one at once', async () => {
    const { fake, open } = await setting();
    const [one, two] = [open(), open({ scope: 'more' })];
    await Promise.all([one(), two(), one(), two()]);
    await Promise.all([two(), one()]);
    expect(fake.reuses).toBe(0);
    expect(fake.refreshes).toBeGreaterThanOrEqual(4);
  });
});

describe('nothing is sent', () => {
  it('where the new token could not be written', async () => {
    const { server, fake, refresh } = await setting();
    writeFileSync(join(server.folder, 'state'), '');
    expect(await whyUnavailable(refresh())).toMatch(
      /state\/oauth\/first\.json, where .* cannot be used \((ENOTDIR|EEXIST)\)/,
    );
    expect(fake.refreshes).toBe(0);
  });

  it('where others could read the file or write in its folder', async () => {
    const { fake, file, refresh } = await setting();
    await refresh();
    chmodSync(file, 0o640);
    expect(await whyUnavailable(refresh())).toContain('is open to others: chmod 600');
    chmodSync(file, 0o600);
    chmodSync(join(file, '..'), 0o770);
    expect(await whyUnavailable(refresh())).toContain('can be written by others: chmod 700');
    expect(fake.refreshes).toBe(1);
  });

  it('where the file was changed, belongs to another secret or is none of ours', async () => {
    const { fake, file, refresh } = await setting();
    await refresh();
    const text = readFileSync(file, 'utf8');
    const state = JSON.parse(text) as { entries: { first: string; sealed: string }[] };
    const sealed = Buffer.from(state.entries[0]!.sealed, 'base64');
    for (const at of [0, 20, 30, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      writeFileSync(file, text.replace(state.entries[0]!.sealed, changed.toString('base64')));
      expect(await whyUnavailable(refresh())).toContain('was changed or damaged');
    }
    writeFileSync(file, text);
    const other = { refresh_token: 'other', state_file: 'state/oauth/first.json' };
    expect(await whyUnavailable(refresh(other))).toContain('belongs to another refresh token');
    for (const none of ['', '{}', '[]', 'x', '{"format":"keywright-oauth-2","secret":"first","entries":[]}']) {
      writeFileSync(file, none);
      expect(await whyUnavailable(refresh())).toContain('does not hold what Keywright has written');
    }
    expect(fake.refreshes).toBe(1);
  });

  it('with a token that the server has refused, however often it is asked for', async () => {
    const { server, open } = await setting();
    const refresh = open();
    const gone = 'rt-that-nobody-knows';
    expect(await whyUnavailable(refresh(undefined, gone))).toContain('It needs consent again');
    const sent = server.requests.length;
    expect(await whyUnavailable(refresh(undefined, gone))).toContain('It needs consent again');
    expect(server.requests).toHaveLength(sent);
    await expect(refresh(undefined, gone)).rejects.toMatchObject({ cause: { kind: 'denied' } });
  });
});

describe('a lock that another holds', () => {
  it('is waited for, then told by the names of its file and of who holds it', async () => {
    const { server, file, first } = await setting();
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.lock`, 'elsewhere - - - 4711 1 ab\n');
    const rotation = new Rotation({ name: 'tracker', path: file, secret: 'first', patience: 100 });
    const never = (): Promise<never> => Promise.reject(new TypeError('it was asked'));
    const refreshing = rotation.refreshed(seal('first', first), never, AbortSignal.timeout(5000));
    const why = `process 4711 on elsewhere held ${file}.lock for 100 ms; if nothing runs there, remove that file`;
    expect(await whyUnavailable(refreshing)).toContain(why);
    expect(server.requests).toEqual([]);
  });
});

describe('a new consent', () => {
  it('goes before what was kept of the one before, which is not lost', async () => {
    const { fake, first, refresh } = await setting();
    await refresh();
    const second = fake.consent();
    await refresh({}, second);
    expect(fake.newest(second)).not.toBe(second);
    await refresh({}, second);
    // A process that was not told yet goes on with the one before.
    await refresh({}, first);
    await refresh({}, second);
    expect(fake.reuses).toBe(0);
  });
});

describe('what is kept', () => {
  it('is for its owner alone, encrypted, and all there is', async () => {
    const { fake, first, file, refresh } = await setting();
    await refresh();
    const text = readFileSync(file, 'utf8');
    for (const token of [first, fake.newest(first)!, clientSecret, fake.access('refresh')]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain(Buffer.from(token).toString('base64').slice(0, 20));
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(file, '..'))).toEqual(['first.json']);
  });

  it('is nothing where the server does not change them', async () => {
    const { fake, file, refresh } = await setting(false);
    await refresh();
    await refresh();
    expect(fake.refreshes).toBe(2);
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  it('is cleared of what a process that was killed has left', async () => {
    const { file, refresh } = await setting();
    await refresh();
    writeFileSync(`${file}.${'ab'.repeat(8)}.new`, '');
    writeFileSync(`${file}.of-somebody-else`, '');
    await refresh();
    expect(readdirSync(join(file, '..')).sort()).toEqual(['first.json', 'first.json.of-somebody-else']);
  });
});
