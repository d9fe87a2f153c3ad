import { afterEach, describe, expect, it } from '@jest/globals';
import type { Source } from '../../../src/secrets/index.js';
import type { BackendReply, BackendServer } from '../backend-server.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { byBasic, clientSecret, closeAll, startFake, valueOf } from './fake-server.js';
import { makeOauth, sealedAll } from './make.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await closeAll();
});

const hour = 3_600_000;
const wellKnown = '/.well-known/oauth-authorization-server';

interface Stage {
  readonly server: BackendServer;
  readonly source: Source;
  readonly value: string;
  /** What the metadata are from now on. */
  metadata: (address: string) => BackendReply;
  /** Milliseconds since the start. */
  elapsed: number;
}

async function stage(): Promise<Stage> {
  const { server, fake } = await startFake(byBasic, undefined, (it) => (request) => {
    if (request.path === wellKnown) return staged.metadata(server.address);
    return it.handler(request.path === '/moved/token' ? { ...request, path: '/oauth/token' } : request);
  });
  const clock = { now: () => Date.now(), elapsed: () => staged.elapsed };
  const { source, close } = makeOauth(
    { issuer: server.address, client_secret: 'client', ca_file: server.caFile },
    { folder: server.folder, clock },
  );
  closing.push(close);
  const staged: Stage = {
    server,
    source,
    value: fake.access('client '),
    metadata: endpoint('/oauth/token'),
    elapsed: 0,
  };
  return staged;
}

const endpoint =
  (path: string) =>
  (issuer: string): BackendReply => ({ status: 200, body: { issuer, token_endpoint: issuer + path } });
const token = ({ source }: Stage): Promise<string> =>
  valueOf(source.fetch(fetchContext({ secrets: sealedAll({ client: clientSecret }) })));
const asked = ({ server }: Stage): string[] => server.requests.splice(0).map(({ path }) => path);

/** Until the metadata were asked for on the side, and their answer has come. */
async function refreshed(staged: Stage): Promise<void> {
  const last = staged.metadata;
  const answered = new Promise<void>((done) => {
    staged.metadata = (issuer) => {
      setImmediate(done);
      return last(issuer);
    };
  });
  staged.elapsed += hour;
  expect(await token(staged)).toBe(staged.value);
  await answered;
  staged.metadata = last;
}

describe('the metadata of an issuer', () => {
  it('that were never there are no token endpoint', async () => {
    const staged = await stage();
    staged.metadata = () => ({ status: 503 });
    expect(await whyUnavailable(token(staged))).toContain('status 503 when asked for its metadata');
    staged.metadata = endpoint('/oauth/token');
    expect(await token(staged)).toBe(staged.value);
  });

  it.each<[string, BackendReply]>([
    ['are down', { status: 503 }],
    ['are the page of a load balancer', { status: 200, body: '<html>' }],
    [
      'name another issuer',
      { status: 200, body: { issuer: 'https://evil.example', token_endpoint: 'https://evil.example/' } },
    ],
    ['have no token endpoint', { status: 404 }],
  ])('that %s stop no token request where they were known before', async (_, reply) => {
    const staged = await stage();
    await token(staged);
    staged.metadata = () => reply;
    await refreshed(staged);
    asked(staged);
    expect(await token(staged)).toBe(staged.value);
    // Not asked for again with every token.
    expect(asked(staged)).not.toContain(wellKnown);
    staged.elapsed += 60_000;
    expect(await token(staged)).toBe(staged.value);
    expect(asked(staged)).toContain('/oauth/token');
  });

  it('are asked for once an hour, and lead elsewhere when they say so', async () => {
    const staged = await stage();
    await token(staged);
    await token(staged);
    expect(asked(staged)).toEqual([wellKnown, '/oauth/token', '/oauth/token']);
    staged.metadata = endpoint('/moved/token');
    await refreshed(staged);
    asked(staged);
    for (
      let attempt = 0;
      attempt < 50 && !staged.server.requests.some(({ path }) => path === '/moved/token');
      attempt++
    ) {
      await token(staged);
    }
    expect(asked(staged)).toContain('/moved/token');
  });
});
