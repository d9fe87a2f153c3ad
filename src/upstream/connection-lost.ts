/** The connection to a destination is gone. It says nothing more: what the system says may repeat what was sent. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly code = 'ECONNRESET';

  constructor() {
    super('the connection to the destination is gone');
  }
}
