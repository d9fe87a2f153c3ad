import { z } from 'zod';
import { googleSource } from '../../../src/secrets/google.js';
import type { Source } from '../../../src/secrets/index.js';
import { createHttpClient } from '../../../src/net/client.js';
import type { HttpClient } from '../../../src/net/client.js';
import type { BackendServer } from '../backend-server.js';
import { sourceContext } from '../context.js';

export const readOnly = 'https://www.googleapis.com/auth/devstorage.read_only';

/** A source of Google's tokens, made from what stands in the configuration; every interface of Google is `server`. */
export function makeGoogle(
  { address, folder }: Pick<BackendServer, 'address' | 'folder'>,
  trust: string,
  options: Record<string, unknown>,
): { source: Source; close(): Promise<void> } {
  const clients: HttpClient[] = [];
  const context = sourceContext({
    folder,
    clock: { now: () => Date.now(), elapsed: () => performance.now() },
    http: (terms) => {
      const client = createHttpClient(terms);
      clients.push(client);
      return client;
    },
  });
  const places = { token_url: `${address}/token`, sts_url: `${address}/v1/token`, iam_url: address };
  const read = z.strictObject(googleSource.options).parse({ ...places, ca_file: trust, ...options });
  const source = googleSource.make(read, context);
  return {
    source,
    async close() {
      for (const client of clients) await client.close();
    },
  };
}
