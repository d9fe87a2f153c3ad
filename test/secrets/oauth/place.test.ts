import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { originOf, type HttpClient, type HttpClientOptions } from '../../../src/net/client.js';
import type { FetchContext, Source } from '../../../src/secrets/index.js';
import { oauthSource } from '../../../src/secrets/oauth.js';
import { tokenPlace, type CheckPlace } from '../../../src/secrets/oauth/place.js';
import { unavailable } from '../../../src/secrets/unavailable.js';
import type { BackendReply, BackendServer } from '../backend-server.js';
import { fetchContext, sourceContext, whyUnavailable } from '../context.js';
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

describe('metadata that lead to another host', () => {
  /** What discovery comes to, with these hosts of the secrets; the way to the issuer answers from memory. */
  function discovery(options: Readonly<Record<string, unknown>>) {
    let elapsed = 0;
    let to = 'https://issuer.example/token';
    const opened: string[] = [];
    const closed: string[] = [];
    let done = (): void => undefined;
    const http = ({ address }: HttpClientOptions): HttpClient => {
      opened.push(address.host);
      return {
        origin: originOf(address),
        request: () => {
          setImmediate(done);
          const body = { issuer: 'https://issuer.example', token_endpoint: to };
          return Promise.resolve({ status: 200, headers: new Map(), text: JSON.stringify(body) });
        },
        close: () => Promise.resolve(void closed.push(address.host)),
      };
    };
    const parsed = z
      .strictObject(oauthSource.options)
      .parse({ client_id: 'keywright', issuer: 'https://issuer.example', ...options });
    const clock = { now: () => elapsed, elapsed: () => elapsed };
    const place = tokenPlace(parsed, sourceContext({ http, clock }));
    return {
      opened,
      closed,
      host: async (check: CheckPlace) => (await place(new AbortController().signal, check)).url.host,
      /** After so long metadata name this, and somebody asks. */
      async moved(url: string, after: number, check: CheckPlace): Promise<string> {
        to = url;
        elapsed += after;
        const answered = new Promise<void>((resolve) => (done = resolve));
        await this.host(check);
        await answered;
        await new Promise((resolve) => setImmediate(resolve));
        return this.host(check);
      },
    };
  }
  const allow =
    (...hosts: string[]): CheckPlace =>
    (origin) =>
      hosts.includes(origin) ? Promise.resolve() : Promise.reject(new Error('denied'));

  it('where a secret may not go change nothing, and are asked for again in a minute, not in an hour', async () => {
    const it = discovery({ client_secret: 'client' });
    const check = allow('issuer.example:443', 'tokens.example:443');
    expect(await it.host(check)).toBe('issuer.example');
    expect(await it.moved('https://evil.example/token', hour, check)).toBe('issuer.example');
    expect(await it.moved('https://tokens.example/token', 60_000, check)).toBe('tokens.example');
    expect(it.opened).toEqual(['issuer.example', 'issuer.example', 'tokens.example']);
  });

  it('where a secret may not go are not taken at first either', async () => {
    const it = discovery({ client_secret: 'client' });
    await expect(it.host(allow())).rejects.toThrow('denied');
    expect(await it.host(allow('issuer.example:443'))).toBe('issuer.example');
  });

  it('are told to be foreign, except the issuer itself and where tokens came from', async () => {
    const it = discovery({ client_secret: 'client' });
    const told: [string, boolean][] = [];
    const check: CheckPlace = (...one) => Promise.resolve(void told.push(one));
    await it.moved('https://tokens.example/token', 0, check);
    for (const host of ['tokens.example', 'issuer.example', 'evil.example']) {
      await it.moved(`https://${host}/other`, hour, check);
    }
    expect(told.map(([host, isForeign]) => `${host} ${String(isForeign)}`)).toEqual([
      'tokens.example:443 false',
      'tokens.example:443 false',
      'issuer.example:443 false',
      'evil.example:443 true',
    ]);
  });

  it('leave no more than two ways open, however often they change', async () => {
    const it = discovery({ client_secret: 'client' });
    const check: CheckPlace = () => Promise.resolve();
    await it.host(check);
    for (const host of ['a.example', 'issuer.example', 'a.example', 'b.example', 'c.example']) {
      await it.moved(`https://${host}/token`, hour, check);
    }
    expect(it.opened).toEqual(['issuer.example', 'issuer.example', 'a.example', 'b.example', 'c.example']);
    expect(it.closed).toEqual(['issuer.example', 'a.example']);
  });

  it.each<[string, Readonly<Record<string, unknown>>, [string, string?, string?][]]>([
    ['a key that signs', { client_auth: 'private_key_jwt', private_key: 'key' }, [['key', 'localhost', 'signs']]],
    ['a secret that is sent', { client_secret: 'client' }, [['client', 'localhost']]],
    [
      'the key of an assertion',
      { client_auth: 'none', grant: 'jwt_bearer', assertion_key: 'key', assertion_audience: 'x' },
      [['key', 'localhost', 'signs']],
    ],
  ])('are checked for %s', async (_, options, expected) => {
    const { server } = await startFake(byBasic, undefined, () => () => endpoint('/oauth/token')(server.address));
    const { source, close } = makeOauth(
      { issuer: server.address, ca_file: server.caFile, ...options },
      { folder: server.folder },
    );
    closing.push(close);
    const asked: (string | undefined)[][] = [];
    const secret: FetchContext['secret'] = (reference, to, ...use) => {
      asked.push([reference.toString(), to?.replace(/:\d+$/, ''), ...use]);
      return Promise.reject(unavailable('key', 'it would be sent elsewhere', 'denied'));
    };
    expect(await whyUnavailable(source.fetch(fetchContext({ secret })))).toContain('elsewhere');
    expect(asked).toEqual(expected);
    expect(server.requests.map(({ path }) => path)).toEqual([wellKnown]);
  });
});
