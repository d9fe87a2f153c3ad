import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { inTime, outcome } from '../regressions/world.js';
import { testAuthority } from '../support/certificates.js';
import { answering, connectingTo } from '../support/corporate-proxy.js';
import { startOrigin } from '../support/origin.js';
import type { TestProxy } from '../support/proxy.js';
import {
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
} from './behind-proxy.js';

behindProxy();

const reasonOf = (proxy: TestProxy): unknown => proxy.reports.at(-1)?.reason;

describe('an upstream proxy that', () => {
  const head = 'HTTP/1.1 200 OK\r\n';
  it.each<[string, readonly string[], RegExp]>([
    ['wants other credentials', ['HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n'], /credentials/],
    ['forbids the destination', ['HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'], /CONNECT with 403/],
    ['cannot reach it', ['HTTP/1.1 503 Unavailable\r\n\r\n'], /CONNECT with 503/],
    ['redirects', ['HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example.com/\r\n\r\n'], /CONNECT with 302/],
    ['switches protocols', ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'], /CONNECT with 101/],
    ['speaks no HTTP', ['SSH-2.0-OpenSSH_9.6\r\n'], /no HTTP/],
    ['sends garbage', [`HTTP/1.1 200 OK\r\n${'\0\x01\x02'.repeat(9)}\r\n\r\n`], /malformed/],
    ['answers 200 with a Content-Length', [`${head}Content-Length: 5\r\n\r\nhello`], /content/],
    ['answers 200 with chunks', [`${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`], /content/],
    ['ends its lines with LF alone', ['HTTP/1.1 200 OK\nX: y\n\n\r\n\r\n'], /malformed/],
    ['folds a line', [`${head}X: a\r\n b\r\n\r\n`], /malformed/],
    ['answers with a huge head', [head, ...Array.from({ length: 20 }, () => `X: ${'y'.repeat(1000)}\r\n`)], /end/],
  ])('%s leads to a refusal that names it', async (_, pieces, reason) => {
    const upstream = await corp(answering(...pieces));
    const proxy = await behind({ port: upstream.port });
    const answer = await inTime(inside(proxy, `${api}:443`), 3000);
    expect([answer.slice(0, 12), outcome(answer)]).toEqual(['HTTP/1.1 502', 'destination_unreachable']);
    expect(reasonOf(proxy)).toMatch(reason);
    expect(upstream.heads).toHaveLength(1);
    expect(origins.secure.seen).toEqual([]);
    expect(leaks(proxy, answer)).toEqual([]);
  });

  it('wants other credentials is told to the operator with the keys to set, never to the caller', async () => {
    const upstream = await corp(answering('HTTP/1.1 407 No\r\n\r\n'));
    const proxy = await behind({ port: upstream.port });
    const answer = await inside(proxy, `${api}:443`);
    expect(proxy.reports.at(-1)?.refusal.hint).toContain('proxy_password_file');
    expect(answer).not.toContain('proxy_password_file');
  });

  it('closes instead of answering leads to a refusal', async () => {
    const upstream = await corp((socket) => socket.end());
    const proxy = await behind({ port: upstream.port });
    expect(outcome(await inside(proxy, `${api}:443`))).toBe('destination_unreachable');
    expect(reasonOf(proxy)).toBe('the upstream proxy closed before it answered');
  });

  it.each([
    ['never answers', answering()],
    ['answers a byte at a time, for ever', trickling],
    ['answers 100 Continue for ever', repeating('HTTP/1.1 100 Continue\r\n\r\n')],
  ])('%s is given up in time', async (_, conduct) => {
    const upstream = await corp(conduct);
    const proxy = await behind({ port: upstream.port, limits: 'connect_timeout: 300ms' });
    const answer = await inTime(inside(proxy, `${api}:443`), 3000);
    expect(outcome(answer)).toBe('destination_timeout');
    expect(reasonOf(proxy)).toBe('the upstream proxy did not answer in time');
    expect(leaks(proxy, answer)).toEqual([]);
  });

  it('does not listen leads to a refusal', async () => {
    const upstream = await corp(answering());
    await upstream.close();
    const proxy = await behind({ port: upstream.port });
    expect(outcome(await inTime(inside(proxy, `${api}:443`), 3000))).toBe('destination_unreachable');
    expect(reasonOf(proxy)).toBe('the upstream proxy cannot be reached (ECONNREFUSED)');
  });

  it.each([
    ['another name', corporate, ['other.example']],
    ['a CA that is not trusted for it', testAuthority('Stranger'), ['127.0.0.1']],
  ])('has a certificate of %s gets no credentials', async (_, issuer, names) => {
    const upstream = await corp(answering(), issuer, names);
    const proxy = await behind({
      port: upstream.port,
      scheme: 'https',
      upstream: `proxy_ca_file: ${corporateCa}`,
    });
    const answer = await inside(proxy, `${api}:443`);
    expect(outcome(answer)).toBe('destination_unreachable');
    expect(reasonOf(proxy)).toMatch(/certificate/);
    expect(upstream.heads).toEqual([]);
  });

  it('is trusted for destinations is not trusted as itself for that', async () => {
    const upstream = await corp(answering(), authority);
    const proxy = await behind({ port: upstream.port, scheme: 'https' });
    expect(outcome(await inside(proxy, `${api}:443`))).toBe('destination_unreachable');
    expect(upstream.heads).toEqual([]);
  });

  it('leads to another destination than it was asked for is found out by the certificate', async () => {
    const other = await startOrigin(authority, ['other.example.com']);
    closing.push(() => other.close());
    const upstream = await corp(connectingTo(() => other.port));
    const proxy = await behind({ port: upstream.port });
    const answer = await inside(proxy, `${api}:443`);
    expect(outcome(answer)).toBe('destination_certificate');
    expect(other.seen).toEqual([]);
  });
});

function trickling(socket: Socket): void {
  socket.resume();
  const timer = setInterval(() => socket.write('H'), 50);
  socket.write('HTTP/1.1 200 OK\r\nX: ');
  socket.once('close', () => clearInterval(timer));
}

function repeating(bytes: string): (socket: Socket) => void {
  return (socket) => {
    socket.resume();
    const timer = setInterval(() => socket.write(bytes), 50);
    socket.once('close', () => clearInterval(timer));
  };
}
