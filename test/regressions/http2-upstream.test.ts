import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { closeAll, authority, startFrameOrigin, startHttp2Origin } from '../upstream/sending.js';
import { flag, type } from '../support/http2-frames.js';
import { representations } from '../support/http2-server-frames.js';
import { converse, generatedSecret, openSecureTunnel, startProxy, type TestProxy } from '../support/proxy.js';

let secret: string;
let proxy: TestProxy | undefined;
beforeEach(() => void (secret = generatedSecret()));
afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
  await closeAll();
});

/** A proxy with a credential for a.test, and what it answers an HTTP/1.1 caller with. */
async function ask(port: number, request: string): Promise<string> {
  proxy ??= await startProxy({
    origins: { 'a.test:443': port },
    authority,
    environment: { VALUE: secret },
    yaml: `
secrets:
  value: { from: env, name: VALUE, hosts: [a.test] }
policies:
  - name: a
    clients: [desk]
    hosts: [a.test]
    inject: [{ place: header, name: X-Vault, template: "{value}" }]
`,
  });
  const socket = await openSecureTunnel(proxy, 'a.test:443');
  const answer = await converse(socket, request, /\r\n0\r\n(?:.*\r\n)*\r\n$|\r\n\r\n$/);
  socket.destroy();
  return answer;
}

describe('an HTTP/1.1 caller of a destination that speaks HTTP/2 alone', () => {
  it('gets no line of the destination into his answer', async () => {
    const { port } = await startFrameOrigin(async (peer) => {
      await peer.next(type.headers);
      peer.headers(1, { ':status': '200', 'x-a': 'b\r\nSet-Cookie: c=d', 'x-plain': '1' });
      peer.send(type.data, 0, 1, 'body');
      peer.headers(1, { 'x-b': 'c\r\n\r\nHTTP/1.1 200 OK' }, flag.endStream);
    });
    const answer = await ask(port, 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('x-plain: 1\r\n');
    expect(answer).not.toMatch(/Set-Cookie|HTTP\/1\.1 200 OK[^]*HTTP\/1\.1/);
  });

  it('is told that an answer was cut, and never that it has ended', async () => {
    let begun = (): void => undefined;
    const sent = new Promise<void>((resolve) => (begun = resolve));
    const { port } = await startFrameOrigin(async (peer) => {
      await peer.next(type.headers);
      peer.headers(1, { ':status': '200', 'content-type': 'application/octet-stream' });
      peer.send(type.data, 0, 1, 'part of it');
      begun();
      await peer.next(type.ping).catch(() => undefined);
    });
    const started = ask(port, 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
    await sent;
    await new Promise((resolve) => setTimeout(resolve, 300));
    await closeAll();
    const answer = await started;
    expect(answer).not.toMatch(/0\r\n\r\n$/);
    expect(proxy?.records().at(-1)).not.toMatchObject({ outcome: 'ok' });
  });

  it('has his chunks, his credential and its scrubbing, and trailers', async () => {
    const seen: Record<string, unknown>[] = [];
    const { port } = await startHttp2Origin((stream, headers) => {
      seen.push(headers);
      stream.respond({ ':status': 200, 'content-type': 'text/plain' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': `it was ${secret}` }));
      stream.write(`you sent ${secret} and `);
      stream.pipe(stream);
    });
    const answer = await ask(
      port,
      'POST /p HTTP/1.1\r\nHost: a.test\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer.replace(/\r\n[0-9a-f]+\r\n/g, '')).toMatch(/and abc/);
    expect(answer).toContain('x-sum: it was ');
    expect(answer).not.toContain(secret);
    expect(proxy?.written()).not.toContain(secret);
    expect(seen).toEqual([
      expect.objectContaining({ ':authority': 'a.test', ':path': '/p', 'x-vault': secret, te: 'trailers' }),
    ]);
    expect(Object.keys(seen[0] as object)).not.toContain('transfer-encoding');
  });

  it('has his credential in no table', async () => {
    let block: Buffer = Buffer.alloc(0);
    const { port } = await startFrameOrigin(async (peer) => {
      block = (await peer.next(type.headers)).payload;
      peer.headers(1, { ':status': '204' }, flag.endStream);
    });
    await ask(port, 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
    expect(representations(block).filter(({ as }) => as === 'never indexed')).toHaveLength(1);
  });
});
