import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { headerPlace } from '../../src/inject/header.js';
import { flag, type, uint32 } from '../support/http2-frames.js';
import { representations, type FramePeer } from '../support/http2-server-frames.js';
import { credentials, generatedSecret, somePlaceholders } from '../inject/credentials.js';
import { Recorded } from './recorded.js';
import { closeAll, senderTo, startFrameOrigin, startHttp2Origin } from './sending.js';

afterEach(closeAll);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const failure = { code: 'destination_protocol' };

/** Answers each request of a connection with 200 and `ok`. */
async function serve(peer: FramePeer): Promise<void> {
  for (;;) {
    const { stream } = await peer.next(type.headers);
    peer.headers(stream, { ':status': '200' });
    peer.send(type.data, flag.endStream, stream, 'ok');
  }
}

describe('a request is refused', () => {
  it('that is to go on in another protocol, where there is HTTP/2 alone', async () => {
    const { port, connections } = await startHttp2Origin(() => undefined);
    await expect(senderTo(port)(new Recorded(), { upgrade: 'websocket', version: '1.1' })).rejects.toMatchObject(
      failure,
    );
    expect(connections).toEqual([]);
  });

  it('whose fields cannot stand in HTTP/2, without a byte of it', async () => {
    const seen: unknown[] = [];
    const { port } = await startHttp2Origin((stream) => seen.push(stream));
    const headers = ['Content-Type', 'a/b', 'content-type', 'c/d'];
    await expect(senderTo(port)(new Recorded(), { headers })).rejects.toMatchObject({ code: 'bad_request' });
    expect(seen).toEqual([]);
  });
});

describe('a request is not sent again', () => {
  it.each([
    ['a stream that was reset in trouble', 2, 'GET'],
    ['a stream that was cancelled', 8, 'GET'],
    ['a session that ended with a POST under way', -1, 'POST'],
  ])('after %s', async (_, code, method) => {
    let requests = 0;
    const { port } = await startFrameOrigin(async (peer) => {
      const { stream } = await peer.next(type.headers);
      requests += 1;
      if (requests === 1) {
        peer.headers(stream, { ':status': '204' }, flag.endStream);
        await peer.next(type.headers);
        requests += 1;
      }
      if (code < 0) peer.socket.destroy();
      else peer.send(type.reset, 0, 3, uint32(code));
    });
    const send = senderTo(port);
    await send(new Recorded());
    await expect(send(new Recorded(), { method })).rejects.toMatchObject(failure);
    expect(requests).toBe(2);
  });

  it('twice', async () => {
    let requests = 0;
    const { port } = await startFrameOrigin(async (peer) => {
      for (;;) {
        const { stream } = await peer.next(type.headers);
        requests += 1;
        peer.send(type.reset, 0, stream, uint32(7));
      }
    });
    await expect(senderTo(port)(new Recorded())).rejects.toMatchObject(failure);
    expect(requests).toBe(2);
  });

  it('with a body of which something was read', async () => {
    let requests = 0;
    const { port } = await startFrameOrigin(async (peer) => {
      await peer.next(type.headers);
      requests += 1;
      await peer.next(type.data);
      peer.send(type.reset, 0, 1, uint32(7));
    });
    const body = new PassThrough();
    body.write('abc');
    await expect(senderTo(port)(new Recorded(), { method: 'POST', body })).rejects.toMatchObject(failure);
    expect(requests).toBe(1);
  });
});

describe('a request that was not processed is sent once more', () => {
  it.each<[string, (peer: FramePeer) => void]>([
    ['a stream that was refused', (peer) => peer.send(type.reset, 0, 1, uint32(7))],
    ['a session that goes away', (peer) => peer.send(type.goaway, 0, 0, uint32(0, 0))],
    ['a session that goes away in trouble', (peer) => peer.send(type.goaway, 0, 0, uint32(0, 11))],
  ])('whatever its method: %s', async (_, refuse) => {
    const { port, connections } = await startFrameOrigin(async (peer, connection) => {
      if (connection > 1) await serve(peer);
      await peer.next(type.headers);
      refuse(peer);
    });
    const answer = new Recorded();
    expect(await senderTo(port)(answer, { method: 'POST' })).toEqual({ status: 200, refused: false });
    expect([answer.body, connections()]).toEqual(['ok', 2]);
  });

  it('in HTTP/1.1 where the destination wants that, and the next ones are at once', async () => {
    let refused = 0;
    const { port, connections } = await startHttp2Origin(
      (stream) => {
        refused += 1;
        stream.close(13);
      },
      { allowHTTP1: true },
    );
    const send = senderTo(port);
    for (let i = 0; i < 3; i += 1) {
      const answer = new Recorded();
      await send(answer, { method: 'POST' });
      expect(answer.body).toBe('HTTP/1.1');
    }
    expect([refused, connections]).toEqual([1, ['h2', 'http/1.1']]);
  });
});

it('a caller that goes away cancels its stream, and no other one', async () => {
  let cancelled: number | undefined;
  const { port, connections } = await startHttp2Origin((stream, headers) => {
    stream.once('close', () => (cancelled ??= stream.rstCode));
    stream.respond({ ':status': 200 });
    if (headers['x-stay'] === undefined) stream.write('part');
    else stream.end('ok');
  });
  const send = senderTo(port);
  const answer = new Recorded();
  const sent = send(answer);
  while (answer.body === '') await turn();
  answer.onGone?.();
  await expect(sent).rejects.toMatchObject({ code: 'caller_gone' });
  while (cancelled === undefined) await turn();
  expect(cancelled).toBe(8);
  const other = new Recorded();
  await send(other, { headers: ['x-stay', '1'] });
  expect([other.body, connections]).toEqual(['ok', ['h2']]);
});

it('no compression table keeps a credential, whoever put it there', async () => {
  const blocks: Buffer[] = [];
  const { port } = await startFrameOrigin(async (peer) => {
    for (;;) {
      const { payload, stream } = await peer.next(type.headers);
      blocks.push(payload);
      peer.headers(stream, { ':status': '204' }, flag.endStream);
    }
  });
  const send = senderTo(port);
  const own = ['authorization', 'cookie', 'proxy-authorization', 'x-api-key'];
  const headers = ['x-plain', 'plain', ...own.flatMap((name) => [name, 'a value of some length'])];
  const injection = headerPlace.make(
    { name: 'X-Vault', template: '{jira}' },
    { mode: 'set', placeholders: somePlaceholders() },
  );
  for (let i = 0; i < 2; i += 1) {
    await send(new Recorded(), {
      headers: [...headers],
      injections: [injection],
      credentials: credentials({ jira: { value: generatedSecret() } }),
    });
  }
  for (const [at, bytes] of blocks.entries()) {
    // :method, :scheme, :authority, :path, x-plain, the four, accept-encoding, x-vault
    const found = representations(bytes).map(({ as }) => as);
    expect(found.filter((as) => as === 'never indexed')).toHaveLength(5);
    expect(found[4]).toBe(at === 0 ? 'kept in the table' : 'indexed');
    expect(found.slice(5, 9).concat(found.slice(10))).toEqual(Array(5).fill('never indexed'));
  }
});
