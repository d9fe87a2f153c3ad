import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { exchange, outcome } from '../regressions/world.js';
import { answering, connectingTo } from '../support/corporate-proxy.js';
import { startOrigin } from '../support/origin.js';
import { openTunnel } from '../support/proxy.js';
import {
  absolute,
  api,
  authority,
  behind,
  behindProxy,
  closing,
  corp,
  corporate,
  corporateCa,
  inside,
  leaks,
  origins,
  password,
  secret,
} from './behind-proxy.js';

behindProxy();

describe('through an upstream proxy', () => {
  it.each([
    'app.internal',
    'db.corp',
    'x.localhost',
    'metadata.goog',
    '10.1.2.3',
    '127.0.0.9',
    '169.254.169.254',
    '[fd00:ec2::254]',
    '8.8.8.8',
  ])('%s is not passed on', async (host) => {
    const upstream = await corp(connectingTo(() => origins.secure.port));
    const proxy = await behind({ port: upstream.port });
    const answer = await absolute(proxy, `https://${host}/`);
    expect([answer.slice(0, 12), outcome(answer)]).toEqual(['HTTP/1.1 403', 'address_refused']);
    expect(upstream.connections()).toBe(0);
  });

  it.each(['127.0.0.9', '169.254.169.254', '[fd00:ec2::254]', 'metadata.goog'])(
    '%s is not passed on where private places are allowed either',
    async (host) => {
      const upstream = await corp(connectingTo(() => origins.secure.port));
      const proxy = await behind({ port: upstream.port, destinations: `{ "${host}": { allow_private: true } }` });
      expect(outcome(await absolute(proxy, `https://${host}/`))).toBe('address_refused');
      expect(upstream.connections()).toBe(0);
    },
  );

  it.each(['10.1.2.3', 'app.internal'])('%s is passed on where its destination allows it', async (host) => {
    const upstream = await corp(connectingTo(() => origins.secure.port));
    const proxy = await behind({ port: upstream.port, destinations: `{ "${host}": { allow_private: true } }` });
    expect(outcome(await absolute(proxy, `https://${host}/`))).toBe('200');
    expect(upstream.heads[0]).toMatch(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n`);
  });

  it('goes a request with its credential, and the record says so', async () => {
    const upstream = await corp(connectingTo(() => origins.secure.port));
    const proxy = await behind({ port: upstream.port });
    const answer = await inside(proxy, `${api}:443`);
    expect(outcome(answer)).toBe('200');
    const basic = Buffer.from(`keywright:${password}`).toString('base64');
    expect(upstream.heads).toEqual([
      `CONNECT ${api}:443 HTTP/1.1\r\nHost: ${api}:443\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`,
    ]);
    expect(origins.secure.seen[0]?.rawHeaders).toContain(`Bearer ${secret}`);
    expect(origins.secure.seen[0]?.rawHeaders.map((name) => name.toLowerCase())).not.toContain('proxy-authorization');
    const use = proxy.records().find(({ kind }) => kind === 'use');
    expect(use).toMatchObject({ vetting: 'by upstream proxy', upstream_address: '' });
    expect(leaks(proxy, answer)).toEqual([]);
  });

  it('goes the next request on the same connection', async () => {
    const upstream = await corp(connectingTo(() => origins.secure.port));
    const proxy = await behind({ port: upstream.port });
    await inside(proxy, `${api}:443`);
    await inside(proxy, `${api}:443`);
    expect(origins.secure.seen).toHaveLength(2);
    expect(upstream.connections()).toBe(1);
  });

  it('goes a request in the clear by CONNECT too', async () => {
    const upstream = await corp(connectingTo(() => origins.plain.port));
    const proxy = await behind({ port: upstream.port });
    const clear = await absolute(proxy, `http://${api}/`);
    expect(outcome(clear)).toBe('200');
    expect(upstream.heads.map((head) => head.split('\r\n', 1)[0])).toEqual([`CONNECT ${api}:80 HTTP/1.1`]);
  });

  it('goes a blind tunnel, TLS end to end', async () => {
    const server = await startOrigin(authority, ['blind.example.com']);
    closing.push(() => server.close());
    const upstream = await corp(connectingTo(() => server.port));
    const proxy = await behind({ port: upstream.port });
    const { socket, answer } = await openTunnel(proxy, 'blind.example.com:443');
    expect(answer).toMatch(/^HTTP\/1.1 200/);
    const secure = connectTls({ socket, servername: 'blind.example.com', ca: authority.certificatePem });
    await once(secure, 'secureConnect');
    const text = await exchange(secure, 'GET / HTTP/1.1\r\nHost: blind.example.com\r\n\r\n');
    expect(outcome(text)).toBe('200');
    expect(upstream.heads[0]).toMatch(/^CONNECT blind\.example\.com:443 /);
    expect(proxy.records().find(({ kind }) => kind === 'use')).toMatchObject({ vetting: 'by upstream proxy' });
  });

  it('over TLS goes TLS inside TLS', async () => {
    const upstream = await corp(
      connectingTo(() => origins.secure.port),
      corporate,
    );
    const proxy = await behind({
      port: upstream.port,
      scheme: 'https',
      upstream: `proxy_ca_file: ${corporateCa}`,
    });
    expect(outcome(await inside(proxy, `${api}:443`))).toBe('200');
    expect(origins.secure.seen[0]?.rawHeaders).toContain(`Bearer ${secret}`);
  });

  it.each([
    ['in two pieces', ['HTTP/1.1 200 Connection', ' established\r\n\r\n']],
    ['with header fields and a length of zero', ['HTTP/1.1 200 OK\r\nVia: 1.1 squid\r\nContent-Length: 0\r\n\r\n']],
    ['as HTTP/1.0 and without a phrase', ['HTTP/1.0 200\r\n\r\n']],
    ['after an interim answer', ['HTTP/1.1 102 Processing\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\n\r\n']],
  ])('whose answer comes %s goes the request', async (_, pieces) => {
    const upstream = await corp((socket, head) => {
      for (const piece of pieces.slice(0, -1)) socket.write(piece);
      connectingTo(() => origins.secure.port, pieces.at(-1))(socket, head);
    });
    const proxy = await behind({ port: upstream.port });
    expect(outcome(await inside(proxy, `${api}:443`))).toBe('200');
  });
});

describe('past an upstream proxy', () => {
  it('goes what no_proxy names, and has its addresses checked', async () => {
    const upstream = await corp(connectingTo(() => origins.plain.port));
    const proxy = await behind({ port: upstream.port, upstream: 'no_proxy: [localhost, "169.254.0.0/16"]' });
    const answers = [
      await absolute(proxy, `http://localhost:${origins.plain.port}/`),
      await absolute(proxy, 'https://169.254.169.254/'),
    ];
    expect(answers.map(outcome)).toEqual(['address_refused', 'address_refused']);
    expect(proxy.reports.map(({ reason }) => reason)).toEqual(['the address is loopback', 'the address is metadata']);
    expect(upstream.connections()).toBe(0);
  });

  it('goes a destination with a static address', async () => {
    const upstream = await corp(answering());
    const destinations = `{ "${api}": { address: "127.0.0.1:${origins.secure.port}" } }`;
    const proxy = await behind({ port: upstream.port, destinations });
    expect(outcome(await inside(proxy, `${api}:443`))).toBe('200');
    expect(upstream.connections()).toBe(0);
    expect(proxy.records().find(({ kind }) => kind === 'use')).toMatchObject({ vetting: 'static' });
  });
});
