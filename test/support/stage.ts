import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { testAuthority } from './certificates.js';
import { startRawOrigin } from './origin.js';
import { generatedSecret, openSecureTunnel, openTunnel, startProxy, type TestProxy } from './proxy.js';
import { readRequests, type Message } from './strict-reader.js';

/** How a caller reaches its destination. Each has its own reading of the same request. */
export interface Way {
  readonly name: 'TLS tunnel' | 'clear tunnel' | 'absolute form';
  /** What Host has to say. */
  readonly host: string;
  /** The fields that every request needs this way: Host, and the proxy credentials where no CONNECT brought them. */
  readonly head: string;
  /** The request target for a path. */
  at(path: string): string;
  open(): Promise<Socket>;
}

/** One connection that a destination has, read strictly. */
export interface OriginConnection {
  readonly socket: Socket;
  readonly number: number;
  /** What has come and is not a whole request yet. */
  text: string;
  closed: boolean;
}

/** A request as it came to a destination. */
export interface Arrival {
  readonly request: Message;
  readonly connection: OriginConnection;
}

export interface StageEvents {
  /** A whole request, but for those of the witness. */
  readonly onArrival: (arrival: Arrival) => void;
  /** Bytes that are no request, or a connection that has gone. */
  readonly onTrouble: (why: string) => void;
}

/**
 * A running proxy, a destination over TLS and one in the clear that both speak literal bytes, and a witness: another client's
 * connection that must get its own answers whatever happens on the others.
 */
export interface Stage {
  readonly proxy: TestProxy;
  readonly secret: string;
  readonly ways: readonly Way[];
  readonly connections: ReadonlySet<OriginConnection>;
  /** Told of each byte that has come anywhere; see `until`. */
  readonly changes: EventEmitter;
  /** One request through the pool of this way's destination, by another client; throws if its answer is another's. */
  witness(way: Way): Promise<void>;
  close(): Promise<void>;
}

const hosts = { secure: 'api.example.com', clear: 'plain.example.com' } as const;

export async function openStage(events: StageEvents, limits = ''): Promise<Stage> {
  const authority = testAuthority();
  const secret = generatedSecret();
  const changes = new EventEmitter().setMaxListeners(0);
  const connections = new Set<OriginConnection>();
  const speak = (socket: Socket): void => takeConnection(socket, connections, events, changes);
  const secure = await startRawOrigin(authority, [hosts.secure], speak);
  const clear = await startRawOrigin(undefined, [], speak);
  const proxy = await startProxy({
    origins: { [`${hosts.secure}:443`]: secure.port, [`${hosts.clear}:80`]: clear.port },
    authority,
    environment: { TOKEN: secret },
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [${hosts.secure}, "${hosts.clear}:80"] }
policies:
  - name: secure
    hosts: [${hosts.secure}]
    inject: [{ place: header, name: x-key, template: "{api}" }]
  - name: clear
    hosts: ["${hosts.clear}:80"]
    unsafe_cleartext: true
    inject: [{ place: header, name: x-key, template: "{api}" }]
limits: { drain_timeout: 300ms, upstream_connections: 8${limits} }
`,
  });
  const ways = waysOf(proxy);
  const witness = witnessOf(changes);
  return {
    proxy,
    secret,
    ways,
    connections,
    changes,
    witness: witness.ask,
    async close() {
      witness.close();
      await proxy.close();
      await Promise.all([secure.close(), clear.close()]);
    },
  };
}

function waysOf(proxy: TestProxy): Way[] {
  const auth = `Proxy-Authorization: ${proxy.authorization}\r\n`;
  return [
    {
      name: 'TLS tunnel',
      host: hosts.secure,
      head: `Host: ${hosts.secure}\r\n`,
      at: (path) => path,
      open: () => openSecureTunnel(proxy, `${hosts.secure}:443`),
    },
    {
      name: 'clear tunnel',
      host: hosts.clear,
      head: `Host: ${hosts.clear}\r\n`,
      at: (path) => path,
      open: async () => (await openTunnel(proxy, `${hosts.clear}:80`)).socket,
    },
    {
      name: 'absolute form',
      host: hosts.clear,
      head: `Host: ${hosts.clear}\r\n${auth}`,
      at: (path) => `http://${hosts.clear}${path}`,
      async open() {
        const socket = connect(proxy.port, '127.0.0.1');
        await once(socket, 'connect');
        return socket;
      },
    },
  ];
}

let opened = 0;

function takeConnection(
  socket: Socket,
  connections: Set<OriginConnection>,
  { onArrival, onTrouble }: StageEvents,
  changes: EventEmitter,
): void {
  socket.setNoDelay(true);
  const connection: OriginConnection = { socket, number: (opened += 1), text: '', closed: false };
  connections.add(connection);
  socket.on('data', (bytes) => {
    connection.text += bytes.toString('latin1');
    const { messages, rest, at, why } = readRequests(connection.text);
    if (rest === 'malformed')
      onTrouble(`the destination got bytes that are no request (${why ?? ''}): ${connection.text.slice(at)}`);
    connection.text = connection.text.slice(at);
    for (const request of messages) {
      const target = request.start.split(' ')[1] ?? '';
      if (!target.startsWith('/witness/')) onArrival({ request, connection });
      else socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`);
    }
    changes.emit('change');
  });
  const onClose = (): void => {
    connection.closed = true;
    if (connection.text === '') connections.delete(connection);
    changes.emit('change');
  };
  socket.once('close', onClose).once('end', onClose);
}

/** Keeps one connection for each way, and asks on it again and again. */
function witnessOf(changes: EventEmitter): { ask: (way: Way) => Promise<void>; close: () => void } {
  const sockets = new Map<string, { socket: Socket; text: string }>();
  let asked = 0;
  const ask = async (way: Way): Promise<void> => {
    let kept = sockets.get(way.name);
    if (kept === undefined || kept.socket.destroyed) {
      kept = { socket: await way.open(), text: '' };
      const of = kept;
      of.socket.on('data', (bytes: Buffer) => {
        of.text += bytes.toString('latin1');
        changes.emit('change');
      });
      of.socket.on('error', () => undefined).once('close', () => changes.emit('change'));
      sockets.set(way.name, of);
    }
    asked += 1;
    const path = `/witness/${asked}-`;
    const of = kept;
    of.text = '';
    of.socket.write(`GET ${way.at(path)} HTTP/1.1\r\n${way.head}\r\n`);
    await until(changes, () => of.text.includes(`\r\n\r\n${path}`) || of.text.endsWith('}\n') || of.socket.destroyed);
    if (!/^HTTP\/1\.1 200 /.test(of.text) || !of.text.endsWith(`\r\n\r\n${path}`)) {
      throw new Error(`another client did not get its own answer to ${path}, but ${JSON.stringify(of.text)}`);
    }
  };
  return { ask, close: () => sockets.forEach(({ socket }) => socket.destroy()) };
}

/** Waits for something to be true, looking again at each change; resolves to whether it came true in time. */
export async function until(changes: EventEmitter, test: () => boolean, milliseconds = 2500): Promise<boolean> {
  if (test()) return true;
  return new Promise((resolve) => {
    const done = (outcome: boolean): void => {
      clearTimeout(timer);
      changes.off('change', look);
      resolve(outcome);
    };
    const look = (): void => {
      if (test()) done(true);
    };
    const timer = setTimeout(() => done(false), milliseconds);
    changes.on('change', look);
  });
}
