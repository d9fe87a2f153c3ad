import type { Socket } from 'node:net';
import type { Authority } from '../core/message.js';
import { readConnectAnswer, type ConnectAnswer } from './connect-answer.js';
import { connectFirst, tcpTo } from './connect-first.js';
import { dialRefusal } from './dial-error.js';
import { asProxyRefusal, proxyRefusal, unwilling } from './proxy-refusal.js';
import { secure } from './secure.js';
import { trustOf } from './trust.js';
import type { UpstreamProxy } from './upstream-proxy.js';

/**
 * A connection to the authority that the upstream proxy opens for us. Rejects with `destination_unreachable` or
 * `destination_timeout`, whose cause says what the proxy did wrong, never what it sent.
 */
export async function connectThrough(
  proxy: UpstreamProxy,
  destination: Authority,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await reach(proxy, signal);
  try {
    socket.write(proxy.connectRequest(destination));
    const { status } = await readAnswer(socket, signal);
    if (status >= 200 && status <= 299) return socket;
    throw unwilling(status);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function reach(proxy: UpstreamProxy, signal: AbortSignal): Promise<Socket> {
  const { authority, caPem, key, secure: overTls } = proxy;
  try {
    const socket = await connectFirst(await unlessAborted(proxy.addresses(), signal), tcpTo(authority.port), signal);
    if (!overTls) return socket;
    const { host, kind } = authority;
    const peer = { identity: host, serverName: kind === 'name' ? host : '', trust: trustOf(caPem), sessionName: key };
    return await secure(socket, peer, ['http/1.1'], signal);
  } catch (error) {
    throw asProxyRefusal(error);
  }
}

type Whole = Extract<ConnectAnswer, { state: 'whole' }>;

/** Reads the answer and nothing after it: what the destination says first stays to be read. */
function readAnswer(socket: Socket, signal: AbortSignal): Promise<Whole> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const settle = (act: () => void): void => {
      socket.off('readable', onReadable).off('close', onEnd).off('end', onEnd);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const onReadable = (): void => {
      for (let chunk = read(socket); chunk !== null; chunk = read(socket)) bytes = Buffer.concat([bytes, chunk]);
      const answer = readConnectAnswer(bytes);
      switch (answer.state) {
        case 'incomplete':
          return;
        case 'malformed':
          settle(() => reject(proxyRefusal('destination_unreachable', `answered CONNECT with ${answer.reason}`)));
          break;
        case 'whole':
          settle(() => {
            if (bytes.length > answer.size) socket.unshift(bytes.subarray(answer.size));
            resolve(answer);
          });
      }
    };
    const onEnd = (): void =>
      settle(() => reject(proxyRefusal('destination_unreachable', 'closed before it answered')));
    const onAbort = (): void => settle(() => reject(asProxyRefusal(signal.reason)));
    socket.on('readable', onReadable).once('close', onEnd).once('end', onEnd);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

function read(socket: Socket): Buffer | null {
  return socket.read() as Buffer | null;
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(dialRefusal(signal.reason));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
