/**
 * The destination says that it has not acted on the request (RFC 9113 section 8.7): whatever the method, it may be sent again.
 * It says nothing more: what the destination says may repeat what was sent.
 */
export class Unprocessed extends Error {
  override readonly name = 'Unprocessed';
  readonly code = 'ECONNRESET';

  constructor() {
    super('the destination has not processed the request');
  }
}
