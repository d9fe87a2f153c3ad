import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { inspect } from 'node:util';
import { ClientError } from '../../src/net/client-error.js';
import { createHttpClient, type HttpAnswer, type HttpClient, type HttpClientOptions } from '../../src/net/client.js';
import { startBackend, type BackendHandler, type BackendServer } from '../secrets/backend-server.js';

/** What must not stand in an error. */
export const value = `s3cr3t-${randomBytes(18).toString('base64url')}`;

/** A backend, and clients of it; all of which end with it. */
export class Asking {
  readonly server: BackendServer;
  readonly #closing: (() => unknown)[] = [];

  private constructor(server: BackendServer) {
    this.server = server;
  }

  static async open(handler: BackendHandler, more?: Parameters<typeof startBackend>[1]): Promise<Asking> {
    return new Asking(await startBackend(handler, more));
  }

  client(options: Partial<HttpClientOptions> = {}, trust?: readonly string[]): HttpClient {
    const { address, caFile } = this.server;
    const made = createHttpClient({ address: new URL(address), caFile, ...options }, trust);
    this.#closing.push(() => made.close());
    return made;
  }

  get(options?: Partial<HttpClientOptions>, path = '/v1/x', milliseconds = 5000): Promise<HttpAnswer> {
    return this.client(options).request({ method: 'GET', path, signal: AbortSignal.timeout(milliseconds) });
  }

  /** The port that another server listens on. */
  async listening(other: Server): Promise<number> {
    this.#closing.push(() => other.close());
    await once(other.listen(0, '127.0.0.1'), 'listening');
    return (other.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close();
    await this.server.close();
  }
}

/** Why a request failed; the error, whole, must not hold what was sent. */
export async function failureOf(promise: Promise<unknown>): Promise<ClientError> {
  const error: unknown = await promise.catch((failure: unknown) => failure);
  if (!(error instanceof ClientError)) throw new TypeError(`no such failure: ${inspect(error)}`);
  if (inspect(error, { depth: 9, showHidden: true }).includes(value)) throw new TypeError('the error holds the value');
  return error;
}
