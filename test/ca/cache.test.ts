import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createMemoryAuthority, type IssuedLeaf, type IssuingAuthority } from '../../src/ca/authority.js';
import { LeafCache } from '../../src/ca/cache.js';
import { systemClock } from '../../src/core/clock.js';
import { MissingError } from '../../src/core/usage-error.js';

const hour = 3_600_000;

/** A cache with an authority that counts what it issues, and a clock that stands until it is moved. */
function counting(
  limit: number,
  lifetimeMs = 1000 * hour,
): { cache: LeafCache; issued: string[]; clock: { at: number } } {
  const state = { at: Date.now() };
  const clock = { now: () => state.at, elapsed: () => state.at };
  const authority = createMemoryAuthority({ clock, lifetimeMs });
  const issued: string[] = [];
  const issue = (host: { readonly host: string }): IssuedLeaf => {
    issued.push(host.host);
    return authority.issue(host);
  };
  return { cache: new LeafCache({ ...authority, issue }, { leafCertificates: limit }, clock), issued, clock: state };
}

describe('the cache of leaves', () => {
  it('mints nothing beyond the life of the CA', () => {
    const { cache, clock } = counting(4, 10 * hour);
    cache.contextFor({ host: 'a.test' });
    clock.at += 10 * hour;
    expect(() => cache.contextFor({ host: 'a.test' })).toThrow(MissingError);
  });

  it('mints once for a host', () => {
    const { cache, issued } = counting(4);
    expect(cache.contextFor({ host: 'a.test' })).toBe(cache.contextFor({ host: 'a.test' }));
    expect(issued).toEqual(['a.test']);
  });

  it('keeps as many as it may, and drops the one used longest ago', () => {
    const { cache, issued } = counting(2);
    for (const host of ['a.test', 'b.test', 'a.test', 'c.test']) cache.contextFor({ host });
    expect(cache.size).toBe(2);
    cache.contextFor({ host: 'a.test' });
    expect(issued).toEqual(['a.test', 'b.test', 'c.test']);
    cache.contextFor({ host: 'b.test' });
    expect(issued).toEqual(['a.test', 'b.test', 'c.test', 'b.test']);
  });

  it('stays bounded for endless names', () => {
    const { cache } = counting(8);
    for (let i = 0; i < 100; i += 1) cache.contextFor({ host: `h${i}.test` });
    expect(cache.size).toBe(8);
  });

  it('mints anew before the leaf ends', () => {
    const { cache, issued, clock } = counting(4);
    const first = cache.contextFor({ host: 'a.test' });
    clock.at += 23 * hour;
    expect(cache.contextFor({ host: 'a.test' })).toBe(first);
    clock.at += 2 * hour;
    expect(cache.contextFor({ host: 'a.test' })).not.toBe(first);
    expect(issued).toHaveLength(2);
  });

  it('does not mint on every use where the CA is about to end', () => {
    const { cache, issued, clock } = counting(4, 10 * hour);
    for (let i = 0; i < 100; i += 1) {
      cache.contextFor({ host: 'a.test' });
      clock.at += 0.09 * hour;
    }
    expect(issued.length).toBeLessThan(10);
  });
});

describe('a connection served from the cache', () => {
  const authority: IssuingAuthority = createMemoryAuthority({
    clock: systemClock,
    permit: ['a.test', 'b.test', '127.0.0.1'],
  });
  const cache = new LeafCache(authority, { leafCertificates: 8 }, systemClock);
  let host = 'a.test';
  const accept = (raw: Socket): void => {
    const socket = new tls.TLSSocket(raw, { isServer: true, secureContext: cache.contextFor({ host }) });
    socket.on('error', () => undefined);
    socket.end('served');
  };
  const server = createServer(accept);
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(() => {
    server.close();
  });

  async function visit(
    options: tls.ConnectionOptions,
  ): Promise<{ reused: boolean; text: string; session: Buffer | undefined }> {
    const raw = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const socket = tls.connect({ socket: raw, ca: [authority.trustPem], ...options });
    let session: Buffer | undefined;
    socket.on('session', (ticket: Buffer) => (session = ticket));
    let reused = false;
    socket.on('secureConnect', () => (reused = socket.isSessionReused()));
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    await once(socket, 'close');
    return { reused, text, session };
  }

  it('is refused where the leaf is for a host that the CA is not permitted', async () => {
    host = 'c.test';
    await expect(visit({ servername: 'c.test' })).rejects.toMatchObject({ code: 'UNSPECIFIED' });
  });

  it('is refused by a client that asks for TLS 1.1 at most', async () => {
    host = 'a.test';
    await expect(
      visit({ servername: 'a.test', minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_SSL|ECONNRESET/) });
  });

  it.each(['a.test', '127.0.0.1'])('is accepted for %s by a client that trusts the CA', async (name) => {
    host = name;
    const { text } = await visit(name === 'a.test' ? { servername: name } : { host: name });
    expect(text).toBe('served');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('resumes at its own name and never at another: %s', async (version) => {
    const options = { servername: 'a.test', minVersion: version, maxVersion: version };
    host = 'a.test';
    const { session } = await visit(options);
    expect(session).toBeDefined();
    const again = await visit({ ...options, session: session! });
    expect(again.reused).toBe(true);
    host = 'b.test';
    const elsewhere = await visit({ ...options, servername: 'b.test', session: session! });
    expect(elsewhere.reused).toBe(false);
    expect(elsewhere.text).toBe('served');
  });

  it('names the host it serves', () => {
    const leaf = new X509Certificate(authority.issue({ host: 'a.test' }).certificatePem);
    expect(leaf.checkHost('a.test')).toBe('a.test');
  });
});
