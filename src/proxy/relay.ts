import type { Socket } from 'node:net';
import type { Authority } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { dialTcp } from '../net/dial.js';
import { joined } from '../net/joined.js';
import type { Route } from '../net/vet.js';
import type { Grant } from '../policy/decide.js';
import { clientHelloLimit, readClientHello } from './client-hello.js';
import { isMisnamed } from './intercept.js';
import type { Plan, Services } from './services.js';
import type { Trail } from './trail.js';

/**
 * A blind tunnel that a policy allowed: no credential goes in, nothing is read but the name in the ClientHello,
 * which has to be the CONNECT host.
 */
export async function relay(
  services: Services,
  trail: Trail,
  { grant, route }: { grant: Grant<Plan>; route: Route },
  socket: Socket,
  bytes: Buffer,
): Promise<void> {
  const { limits } = services;
  await checkServerName(socket, bytes, route.authority, limits.handshakeTimeout);
  const upstream = await dialTcp(route, { timeout: limits.connectTimeout });
  try {
    await trail.use(grant, route, [], []);
  } catch (error) {
    upstream.destroy();
    throw error;
  }
  for (const side of [socket, upstream]) side.setTimeout(limits.tunnelIdleTimeout, () => side.destroy());
  await joined(socket, upstream);
  trail.ended(undefined, { bytesIn: upstream.bytesWritten, bytesOut: upstream.bytesRead, masked: 0 });
}

async function checkServerName(socket: Socket, first: Buffer, authority: Authority, timeout: number): Promise<void> {
  const deadline = AbortSignal.timeout(timeout);
  let hello = readClientHello(first);
  let size = first.length;
  while (hello.state === 'incomplete' && size <= clientHelloLimit) {
    const bytes = await longerThan(socket, size, deadline);
    size = bytes.length;
    hello = readClientHello(bytes);
  }
  if (hello.state !== 'whole' || isMisnamed(hello.serverName, authority)) throw new Refusal('tunnel_refused');
  if (hello.serverName === undefined && authority.kind === 'name') throw new Refusal('tunnel_refused');
}

/** All bytes that have come, once there are more than `size`; they stay to be read. */
async function longerThan(socket: Socket, size: number, deadline: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      socket.off('data', onData).off('close', onEnd).off('end', onEnd);
      deadline.removeEventListener('abort', onEnd);
      settle();
    };
    const pieces: Buffer[] = [];
    const onData = (piece: Buffer): void => {
      pieces.push(piece);
      const bytes = Buffer.concat(pieces);
      if (bytes.length <= size) return;
      socket.pause();
      socket.unshift(bytes);
      done(() => resolve(bytes));
    };
    const onEnd = (): void => done(() => reject(new Refusal('tunnel_refused')));
    deadline.addEventListener('abort', onEnd, { once: true });
    socket.once('close', onEnd).once('end', onEnd).on('data', onData);
  });
}
