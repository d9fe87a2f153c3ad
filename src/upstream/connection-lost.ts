import type { Socket } from 'node:net';
import type { Refusal } from '../core/refusal.js';
import { certificateRefusal } from '../net/certificate-alert.js';

/** The connection to a destination is gone. It says nothing more: what the system says may repeat what was sent. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly code = 'ECONNRESET';

  constructor() {
    super('the connection to the destination is gone');
  }
}

/** Why a connection is gone of which nothing has come: the destination may have said that it refuses our certificate. */
export function lossOf(socket: Socket): Refusal | ConnectionLost {
  return certificateRefusal(socket) ?? new ConnectionLost();
}
