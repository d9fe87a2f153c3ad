import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { defaultLimits, type Limits } from '../../src/core/limits.js';
import { HeaderList } from '../../src/core/header-list.js';
import { Deadlines } from '../../src/core/deadline.js';
import { UpstreamConnection } from '../../src/upstream/connection.js';
import type { AnswerSink, Flow, Message } from '../../src/upstream/exchange.js';
import { UpstreamSession } from '../../src/upstream/session.js';
import { FramePeer } from '../support/http2-server-frames.js';
import { socketPair } from '../support/socket-pair.js';

/** Records an answer, and tells of its parts as events: head, end, upgrade, failure. */
export class RecordedAnswer extends EventEmitter implements AnswerSink {
  readonly heads: { status: number; raw: string[] }[] = [];
  body = '';
  trailers: string[] | undefined;
  failures: unknown[] = [];
  turns = 0;
  onPiece: (flow: Flow, piece: Buffer) => void = () => undefined;

  onHead(_: Flow, status: number, __: string, { raw }: HeaderList): void {
    this.heads.push({ status, raw });
    this.emit('head');
  }
  onData(flow: Flow, piece: Buffer): void {
    this.body += piece.toString('latin1');
    this.onPiece(flow, piece);
  }
  onEnd(_: Flow, trailers: string[]): void {
    this.trailers = trailers;
    this.emit('end');
  }
  onUpgrade(status: number, { raw }: HeaderList, socket: Socket): void {
    this.heads.push({ status, raw });
    this.emit('upgrade', socket);
  }
  onFailure(error: unknown): void {
    this.failures.push(error);
    this.emit('failure', error);
  }
  onTurn(): void {
    this.turns += 1;
  }

  /** The answer, once it has ended one way or the other. */
  async settled(): Promise<this> {
    if (this.trailers === undefined && this.failures.length === 0)
      await Promise.race([once(this, 'end'), once(this, 'failure')]);
    return this;
  }
}

export function message(body?: Readable, more: Partial<Message> = {}): Message {
  const method = body === undefined ? 'GET' : 'POST';
  return {
    method,
    scheme: 'https',
    host: 'a.test',
    path: '/',
    headers: new HeaderList(),
    acceptEncoding: '',
    secretFields: [],
    takesTrailers: false,
    body,
    trailers: new HeaderList(),
    chunked: body !== undefined,
    upgrade: undefined,
    ...more,
  };
}

export interface Opened {
  readonly connection: UpstreamConnection;
  readonly near: Socket;
  readonly far: Socket;
  readonly idle: UpstreamConnection[];
  readonly closed: UpstreamConnection[];
  readonly events: EventEmitter;
}

/** A connection whose other end is the test's own. */
export async function open(limits: Partial<Limits> = {}): Promise<Opened> {
  const { near, far } = await socketPair();
  const [idle, closed]: [UpstreamConnection[], UpstreamConnection[]] = [[], []];
  const events = new EventEmitter();
  const connection = new UpstreamConnection(near, {
    limits: { ...defaultLimits, ...limits },
    deadlines: new Deadlines(),
    onIdle: (one) => {
      idle.push(one);
      events.emit('idle');
    },
    onClose: (one) => {
      closed.push(one);
      events.emit('close');
    },
  });
  return { connection, near, far, idle, closed, events };
}

const sessions: Socket[] = [];

/** For `afterEach`: both ends of every session that `openSession` has opened. */
export function closeSessions(): void {
  for (const socket of sessions.splice(0)) socket.destroy();
}

/** A session whose other end is the test's own, frame by frame. */
export async function openSession(limits: Partial<Limits> = {}, settings: Buffer[] | null = []) {
  const { near, far } = await socketPair();
  sessions.push(near, far);
  const events = new EventEmitter();
  const peer = new FramePeer(far);
  const session = new UpstreamSession(near, {
    limits: { ...defaultLimits, ...limits },
    deadlines: new Deadlines(),
    onRoom: () => events.emit('room'),
    onClose: () => events.emit('close'),
    onHttp1Required: () => events.emit('http1'),
  });
  if (settings !== null) {
    const ready = session.ready();
    peer.settings(...settings);
    await ready;
  }
  const send = (more: Partial<Message> = {}, body?: Readable): { answer: RecordedAnswer; flow: Flow } => {
    const answer = new RecordedAnswer();
    return { answer, flow: session.take().send(message(body, more), answer) };
  };
  return { session, peer, near, far, events, send };
}
