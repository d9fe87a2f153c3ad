import type { Socket } from 'node:net';
import { Refusal } from '../core/refusal.js';
import type { Authority, Caller } from '../core/message.js';
import type { Route } from '../net/vet.js';
import { parseAuthority } from '../policy/authority.js';
import type { ParsedRequestHead } from '../http1/head.js';
import type { Grant } from '../policy/decide.js';
import { firstBytes } from './first-bytes.js';
import { intercept, protocolsFor } from './intercept.js';
import { refuseSocket } from './ending.js';
import type { Passage, Tunnel } from './passage.js';
import { refusalText } from './refuse.js';
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
  passage: Passage,
  request: ParsedRequestHead,
  socket: Socket,
  ahead: Buffer,
  adopt: (socket: Socket, passage: Passage) => void,
): Promise<void> {
  const trail = new Trail(services, passage.clientAddress, 'CONNECT');
  let answered = false;
  let release: (() => void) | undefined;
  try {
    const authority = parseConnect(request, passage);
    trail.known.target = { scheme: 'https', authority };
    const caller = identify(services, passage, request);
    trail.known.caller = caller;
    const intercepted = services.decider.reach(caller, authority) === 'intercept';
    if (!intercepted) release = hold(services);
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
    const protocols = protocolsFor(request.headers.first('user-agent'));
    const inside = await open(services, socket, bytes, { caller, authority, protocols });
    adopt(inside.socket, { ...passage, tunnel: inside.tunnel, challenges: 0 });
  } catch (error) {
    const refusal = trail.failed(error);
    if (answered) {
      socket.destroy();
    } else if (refusal.status === 407 && ahead.length === 0 && passage.challenges < challengesAllowed) {
      passage.challenges += 1;
      // git sends its first CONNECT without credentials and gives up if the connection closes.
      socket.write(refusalText(refusal, trail.id, false), 'latin1');
      adopt(socket, passage);
    } else {
      refuseSocket(socket, trail.id, refusal);
    }
  } finally {
    release?.();
  }
}

/** A blind tunnel takes the place of a request for as long as it lasts: the log that has its use is there for its end. */
function hold(services: Services): () => void {
  const release = services.hold();
  if (release === undefined) throw new Refusal('overloaded');
  return release;
}

function parseConnect({ url, headers }: ParsedRequestHead, passage: Passage): Authority {
  if (passage.tunnel !== undefined) throw new Refusal('bad_request');
  // RFC 9110 section 9.3.6: a CONNECT has no content; what a length here would mean, two readers would read two ways.
  if (headers.has('content-length') || headers.has('transfer-encoding')) throw new Refusal('bad_framing');
  return parseAuthority(url);
}

function identify(services: Services, passage: Passage, { headers }: ParsedRequestHead): Caller {
  if (passage.client !== undefined) return { client: passage.client };
  return services.callers.identify(headers.first('proxy-authorization'), passage.clientAddress);
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
  { caller, authority, protocols }: { caller: Caller; authority: Authority; protocols: readonly string[] },
): Promise<{ socket: Socket; tunnel: Tunnel }> {
  if (bytes[0] !== tlsHandshake) return { socket, tunnel: { caller, authority, scheme: 'http', misnamed: false } };
  const terms = { secureContext: services.leafFor(authority), protocols, timeout: services.limits.handshakeTimeout };
  const { socket: secure, misnamed } = await intercept(socket, authority, terms);
  return { socket: secure, tunnel: { caller, authority, scheme: 'https', misnamed } };
}
