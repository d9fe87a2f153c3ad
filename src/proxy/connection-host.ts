import type { Socket } from 'node:net';
import type { Deadlines } from '../core/deadline.js';
import type { ParsedRequestHead } from '../http1/head.js';
import type { Passage } from './passage.js';
import type { Services } from './services.js';

/** What a listener is to its connections. */
export interface ConnectionHost {
  /** The services that decide now; each request takes them once. */
  readonly current: () => Services;
  readonly deadlines: Deadlines;
  readonly connections: Set<{ drain(): void }>;
  /** A CONNECT takes its connection over; `ahead` is what came behind its head. */
  readonly onConnect: (request: ParsedRequestHead, socket: Socket, passage: Passage, ahead: Buffer) => void;
}
