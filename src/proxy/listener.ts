import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Server as NetServer, Socket } from 'node:net';
import { errorCode } from '../core/error-code.js';
import type { Limits } from '../core/limits.js';
import { Refusal } from '../core/refusal.js';
import { lastAnswers } from './last-answers.js';
import { limitListener } from './listener-limits.js';
import { bindPassage, isBound, passageOf, type Passage } from './passage.js';
import { refuseSocket } from './refuse.js';
import { serveRequest } from './request.js';
import type { Services } from './services.js';
import { serveConnect } from './tunnel.js';
import { serveUpgrade } from './upgrade.js';
import { takesUpgrade } from './web-socket.js';

export interface ListenerOptions {
  /** Loopback or a unix socket: an absolute-form https request may come in here in the clear. */
  readonly trustedPath: boolean;
  /** Every connection of this listener is this client's: for runtimes that cannot send proxy credentials. */
  readonly client?: string;
}

/** A server for callers, and what can be asked of all its connections at once. */
export interface Listener {
  readonly server: NetServer;
  /** The limits changed: these hold for what begins from now on. */
  readonly limit: (limits: Limits) => void;
  /** Each connection ends with its next answer, which says so; an idle one ends now. */
  readonly drain: () => void;
}

/**
 * The server that callers connect to. Connections inside tunnels are handed to the same server by `emit('connection')`:
 * only a server that listens runs its timers.
 */
export function createListener(current: () => Services, options: ListenerOptions): Listener {
  const { limits } = current();
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeout,
    // A large upload may take any time as long as it moves: see `timeout` in `listener-limits.ts`.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(limits.headersTimeout, 5000),
    noDelay: true,
    // Checked in `head.ts`, where a refusal has a code and a request id.
    requireHostHeader: false,
    ...onlyWebSocketUpgrades,
  });
  // Beyond a count Node would drop the rest silently, an Authorization among it: the count is checked in `head.ts` instead.
  server.maxHeadersCount = 0;
  limitListener(server, limits);
  server.prependListener('connection', (socket: Socket) => bindFront(socket, options));
  server.on('request', (message, response) => void onRequest(current(), message, response));
  server.on('checkContinue', (message, response) => void onRequest(current(), message, response));
  server.on('checkExpectation', (message, response) => void onRequest(current(), message, response));
  server.on('connect', (message: IncomingMessage, socket: Socket, ahead: Buffer) => {
    if (!isBound(socket)) socket.destroy();
    else if (passageOf(socket).closed !== true)
      void serveConnect(current(), server, passageOf(socket), message, socket, ahead);
  });
  server.on('upgrade', (message: IncomingMessage, socket: Socket, ahead: Buffer) => {
    if (!isBound(socket)) socket.destroy();
    else if (passageOf(socket).closed !== true) void onUpgrade(current(), server, message, socket, ahead);
  });
  server.on('clientError', (error: Error, socket: Socket) => onMalformed(current(), error, socket));
  return { server, limit: (changed) => limitListener(server, changed), drain: lastAnswers(server) };
}

/**
 * Since Node 22.21 and 24.9 the server itself can leave other upgrades alone; before, `upgrade.ts` declines them. The option is not in
 * the declarations of Node 20, which ignores it.
 */
const onlyWebSocketUpgrades = { shouldUpgradeCallback: takesUpgrade } as object;

/** A connection that comes from outside; those inside tunnels are bound before they are handed over. */
function bindFront(socket: Socket, { trustedPath, client }: ListenerOptions): void {
  if (isBound(socket)) return;
  const clientAddress = socket.remoteAddress ?? 'unix';
  bindPassage(socket, {
    clientAddress,
    trustedPath,
    client,
    tunnel: undefined,
    underWay: 0,
    challenges: 0,
  });
}

/** Pipelining can start thousands of requests in one burst: beyond the limit the connection is cut. */
async function onRequest(services: Services, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const passage = passageOf(message.socket);
  // Node parses on to the end of what came in one piece, also behind a request that was refused and closed.
  if (passage.closed === true) return;
  passage.underWay += 1;
  passage.last = response;
  response.once('close', () => (passage.underWay -= 1));
  if (passage.underWay > services.limits.requestsPerConnection) {
    services.audit.noise('too_many_requests', passage.clientAddress);
    passage.closed = true;
    // No answer fits between those that are under way.
    message.socket.destroy();
    return;
  }
  const release = services.hold();
  if (release === undefined) {
    overloaded(services, passage, message.socket);
    return;
  }
  await serveRequest(services, passage, message, response).finally(release);
}

async function onUpgrade(
  services: Services,
  server: Server,
  message: IncomingMessage,
  socket: Socket,
  ahead: Buffer,
): Promise<void> {
  const release = services.hold();
  if (release === undefined) overloaded(services, passageOf(socket), socket);
  else await serveUpgrade(services, server, message, socket, ahead).finally(release);
}

/** Too much is under way already: said in a few bytes, before anything is made for the request. */
function overloaded(services: Services, passage: Passage, socket: Socket): void {
  services.audit.noise('overloaded', passage.clientAddress);
  passage.closed = true;
  if (passage.underWay <= 1) refuseSocket(socket, randomUUID(), new Refusal('overloaded'));
  else socket.destroy();
}

/** Bytes that are no request, or a request that stopped in the middle: Node's parser has already let go of them. */
function onMalformed(services: Services, error: Error, socket: Socket): void {
  const code = errorCode(error);
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = new Refusal(code === 'HPE_HEADER_OVERFLOW' ? 'headers_too_large' : 'bad_request', { cause: error });
  const passage = passageOf(socket);
  services.audit.noise(refusal.code, passage.clientAddress);
  if (passage.closed === true) return;
  passage.closed = true;
  if (mayAnswer(passage)) refuseSocket(socket, randomUUID(), refusal);
  else socket.destroy();
}

/** Whether what is malformed is the one request that is under way, still unanswered: elsewhere an answer would be taken for another's. */
function mayAnswer({ underWay, last }: Passage): boolean {
  if (underWay === 0 || last === undefined) return underWay === 0;
  return underWay === 1 && !last.req.complete && !last.headersSent;
}
