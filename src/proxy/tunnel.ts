import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { Refusal } from '../core/refusal.js';
import type { Authority, Caller } from '../core/message.js';
import type { Route } from '../net/vet.js';
import { parseAuthority } from '../policy/authority.js';
import type { Grant } from '../policy/decide.js';
import { firstBytes } from './first-bytes.js';
import { intercept } from './intercept.js';
import { bindPassage, type Passage } from './passage.js';
import { refusalBytes, refuseSocket } from './refuse.js';
import { relay } from './relay.js';
import type { Plan, Services } from './services.js';
import { Trail } from './trail.js';

/** CONNECTs without credentials on one connection: libcurl sends one, then the right one. */
const challengesAllowed = 4;
const tlsHandshake = 0x16;

/**
 * ★ The life of a CONNECT, top to bottom: parse → identify → may any policy ever match? → 200 → first byte →
 * intercept TLS, serve clear HTTP, or relay. Each request inside an intercepted tunnel is decided by itself in `request.ts`.
 */
export async function serveConnect(
  services: Services,
  server: Server,
  passage: Passage,
  message: IncomingMessage,
  socket: Socket,
  ahead: Buffer,
): Promise<void> {
  const trail = new Trail(services, passage.clientAddress, 'CONNECT');
  const onError = (): void => void socket.destroy();
  socket.on('error', onError);
  let answered = false;
  try {
    const authority = parseConnect(message, passage);
    trail.known.target = { scheme: 'https', authority };
    const caller = identify(services, passage, message);
    trail.known.caller = caller;
    const intercepted = services.decider.reach(caller, authority) === 'intercept';
    const allowed = intercepted ? undefined : await allowTunnel(services, caller, authority);
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    answered = true;
    const bytes = await firstBytes(socket, ahead, services.limits.handshakeTimeout);
    if (bytes === undefined) return;
    if (allowed !== undefined) {
      services.stands({ connection: socket, caller, authority, decide: (by) => by.decideTunnel(caller, authority) });
      await relay(services, trail, allowed, socket, bytes);
      return;
    }
    const inside = await open(services, socket, bytes, caller, authority, passage);
    socket.off('error', onError);
    server.emit('connection', inside);
  } catch (error) {
    const refusal = trail.failed(error);
    if (answered) {
      socket.destroy();
    } else if (refusal.status === 407 && ahead.length === 0 && passage.challenges < challengesAllowed) {
      passage.challenges += 1;
      challenge(server, socket, onError, refusalBytes(refusal, trail.id, false));
    } else {
      refuseSocket(socket, trail.id, refusal);
    }
  }
}

function parseConnect(message: IncomingMessage, passage: Passage): Authority {
  if (passage.tunnel !== undefined) throw new Refusal('bad_request');
  // RFC 9110 section 9.3.6: a CONNECT has no content; what a length here would mean, two readers would read two ways.
  if (message.headers['content-length'] !== undefined || message.headers['transfer-encoding'] !== undefined) {
    throw new Refusal('bad_framing');
  }
  return parseAuthority(message.url ?? '');
}

function identify(services: Services, passage: Passage, message: IncomingMessage): Caller {
  if (passage.client !== undefined) return { client: passage.client };
  return services.callers.identify(message.headers['proxy-authorization'], passage.clientAddress);
}

/** A blind tunnel, or nothing, is decided and vetted before it is answered: after the 200 there is no way left to say why not. */
async function allowTunnel(
  services: Services,
  caller: Caller,
  authority: Authority,
): Promise<{ grant: Grant<Plan>; route: Route }> {
  const grant = services.decider.decideTunnel(caller, authority);
  return { grant, route: await services.vetter.vet(authority) };
}

/** The connection inside the tunnel, bound to who opened it and to where. */
async function open(
  services: Services,
  socket: Socket,
  bytes: Buffer,
  caller: Caller,
  authority: Authority,
  passage: Passage,
): Promise<Socket> {
  const secure = bytes[0] === tlsHandshake;
  const intercepted = secure
    ? await intercept(socket, authority, services.leafFor(authority), services.limits.handshakeTimeout)
    : { socket, misnamed: false };
  const tunnel = { caller, authority, scheme: secure ? 'https' : 'http', misnamed: intercepted.misnamed } as const;
  bindPassage(intercepted.socket, { ...passage, tunnel, underWay: 0, challenges: 0 });
  return intercepted.socket;
}

/** git sends its first CONNECT without credentials and gives up if the connection closes: hand it back for the next one. */
function challenge(server: Server, socket: Socket, onError: () => void, answer: string): void {
  socket.write(answer);
  socket.off('error', onError);
  server.emit('connection', socket);
}
