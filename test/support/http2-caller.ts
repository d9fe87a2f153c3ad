import {
  connect as connectHttp2,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { FrameReader, preface } from './http2-frames.js';
import { openTunnel, type TestProxy } from './proxy.js';

/** What has to be known of a proxy to go through it. */
type Way = Pick<TestProxy, 'port' | 'authorization' | 'trustPem'>;

/** A TLS connection through the proxy that speaks HTTP/2. */
export async function openHttp2Tunnel(proxy: Way, authority: string): Promise<TLSSocket> {
  const { socket, answer } = await openTunnel(proxy, authority);
  if (!answer.startsWith('HTTP/1.1 200')) throw new Error(`CONNECT was answered ${answer.split('\r\n', 1)[0] ?? ''}`);
  const servername = authority.replace(/:\d+$/, '');
  const secure = connectTls({ socket, servername, ca: proxy.trustPem, ALPNProtocols: ['h2'] });
  await once(secure, 'secureConnect');
  return secure;
}

/** Node's own client of HTTP/2 on such a connection. */
export async function openHttp2(proxy: Way, authority: string): Promise<ClientHttp2Session> {
  const socket = await openHttp2Tunnel(proxy, authority);
  const session = connectHttp2(`https://${authority.replace(/:443$/, '')}`, { createConnection: () => socket });
  return session.on('error', () => undefined);
}

/** A connection on which literal frames are sent, the preface already, and the frames that come on it. */
export async function openFrames(
  proxy: Way,
  authority: string,
): Promise<{ readonly socket: TLSSocket; readonly reader: FrameReader }> {
  const socket = await openHttp2Tunnel(proxy, authority);
  const reader = new FrameReader(socket);
  socket.write(preface);
  return { socket, reader };
}

export interface Http2Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly informational: readonly number[];
  readonly body: string;
  readonly trailers: IncomingHttpHeaders;
  /** Whether DATA or trailers ended it, not its header section. */
  readonly headOnly: boolean;
}

/** All of an answer; rejects where the stream is reset. */
export async function answerOf(stream: ClientHttp2Stream): Promise<Http2Answered> {
  return new Promise((resolve, reject) => {
    const informational: number[] = [];
    const pieces: Buffer[] = [];
    let headers: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    let headOnly = false;
    stream
      .on('headers', (head: { readonly ':status'?: number }) => informational.push(head[':status'] ?? 0))
      .once('response', (head, flags) => {
        headers = head;
        headOnly = (flags & 1) !== 0;
      })
      .once('trailers', (fields: IncomingHttpHeaders) => {
        trailers = fields;
      })
      .on('data', (piece: Buffer) => pieces.push(piece))
      .once('error', reject)
      .once('close', () => {
        const status = Number(headers[':status'] ?? 0);
        if (stream.rstCode !== 0 || status === 0) reject(new Error(`the stream was reset: ${stream.rstCode}`));
        const body = Buffer.concat(pieces).toString();
        resolve({ status, headers, informational, body, trailers, headOnly });
      });
  });
}
