import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { BackendServer } from '../backend-server.js';
import type { FakeOauth } from '../fakes/oauth.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { byBasic, clientSecret, closeAll, startFake } from './fake-server.js';
import { makeOauth, sealedAll } from './make.js';
import type { ChildTask } from './refresh-child.js';

const here = dirname(fileURLToPath(import.meta.url));
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await closeAll();
});

interface Setting {
  readonly server: BackendServer;
  readonly fake: FakeOauth;
  readonly first: string;
  readonly lock: string;
  readonly start: (task: Pick<ChildTask, 'count' | 'stays'>) => ChildProcess;
  /** What comes of a refresh by this process, which is another one than the children. */
  readonly refreshed: () => Promise<string>;
  /** Requests stay without effect; resolves with the first. */
  readonly holdRequests: () => Promise<void>;
  readonly letRequests: () => void;
}

async function setting(): Promise<Setting> {
  let onRequest: (() => void) | undefined;
  const { server, fake } = await startFake({ ...byBasic, rotates: true }, undefined, (it) => (request) => {
    if (onRequest === undefined) return it.handler(request);
    onRequest();
    // What it was sent has no effect, and no answer.
    return new Promise(() => undefined);
  });
  const holdRequests = (): Promise<void> => new Promise((resolve) => (onRequest = resolve));
  const letRequests = (): void => {
    onRequest = undefined;
  };
  const first = fake.consent();
  const options = {
    token_url: `${server.address}/oauth/token`,
    ca_file: server.caFile,
    client_secret: 'client',
    grant: 'refresh_token',
    refresh_token: 'first',
  };
  const start: Setting['start'] = (task) => {
    const whole: ChildTask = { options, folder: server.folder, secrets: { client: clientSecret, first }, ...task };
    const loader = join(here, '../../support/typescript-child.mjs');
    const child = spawn(process.execPath, ['--import', loader, join(here, 'refresh-child.ts'), JSON.stringify(whole)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  };
  const refreshed = async (): Promise<string> => {
    const { source, close } = makeOauth(options, { folder: server.folder });
    const fetched = source.fetch(fetchContext({ secrets: sealedAll({ client: clientSecret, first }) }));
    const what = await fetched.then(
      () => 'refreshed',
      () => whyUnavailable(fetched),
    );
    await close();
    return what;
  };
  return {
    server,
    fake,
    first,
    lock: join(server.folder, 'state/oauth/first.json.lock'),
    start,
    refreshed,
    holdRequests,
    letRequests,
  };
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('of several processes that refresh the same grant', () => {
  it('none uses a token that another has used', async () => {
    const { fake, first, start, refreshed } = await setting();
    const others = [1, 2].map(() => text(start({ count: 6 }).stdout!));
    // They are there, and at work.
    await new Promise<void>((resolve) => (fake.onRefreshed = resolve));
    const ours = [];
    for (let i = 0; i < 6; i += 1) ours.push(await refreshed());
    expect(ours).toEqual(Array.from({ length: 6 }, () => 'refreshed'));
    expect(await Promise.all(others)).toEqual(Array.from({ length: 2 }, () => 'refreshed\n'.repeat(6)));
    expect(fake.reuses).toBe(0);
    expect(fake.refreshes).toBe(18);
    expect(fake.newest(first)).toBeDefined();
  });

  it('one that is killed after its refresh has left the new token to the others', async () => {
    const { fake, start, refreshed } = await setting();
    const child = start({ count: 1, stays: true });
    await once(child.stdout!, 'data');
    await killed(child);
    expect(await refreshed()).toBe('refreshed');
    expect(fake.reuses).toBe(0);
  });

  it('one that is killed before its answer came keeps nobody out, and what is lost is told in a sentence', async () => {
    const { fake, start, refreshed, server, lock } = await setting();
    const reached = new Promise<void>((resolve) => {
      fake.onRefreshed = () => {
        resolve();
        // Its answer never comes.
        return new Promise<void>(() => undefined);
      };
    });
    const child = start({ count: 1 });
    await reached;
    expect(existsSync(lock)).toBe(true);
    await killed(child);
    fake.onRefreshed = () => undefined;
    expect(await refreshed()).toMatch(
      /invalid_grant: .* its successor was lost when a refresh was cut off\. It needs consent again$/,
    );
    expect(fake.reuses).toBe(1);
    expect(existsSync(lock)).toBe(false);
    expect(server.requests).toHaveLength(2);
  });

  it('one that is killed before its request came keeps nobody out, and nothing is lost', async () => {
    const { fake, start, refreshed, lock, holdRequests, letRequests } = await setting();
    const reached = holdRequests();
    const child = start({ count: 1 });
    await reached;
    expect(existsSync(lock)).toBe(true);
    await killed(child);
    letRequests();
    expect(await refreshed()).toBe('refreshed');
    expect(fake.reuses).toBe(0);
  });
});
