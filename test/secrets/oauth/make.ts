import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { systemClock } from '../../../src/core/clock.js';
import { createHttpClient, type HttpClient } from '../../../src/net/client.js';
import type { Source } from '../../../src/secrets/index.js';
import { oauthSource } from '../../../src/secrets/oauth.js';
import { seal } from '../../../src/secrets/seal.js';
import type { SourceContext } from '../../../src/secrets/source-context.js';
import { sourceContext } from '../context.js';

/** A source of this configuration, and what closes its connections. */
export function makeOauth(
  options: Readonly<Record<string, unknown>>,
  context: Partial<SourceContext> = {},
): { readonly source: Source; readonly close: () => Promise<void> } {
  const clients: HttpClient[] = [];
  const source = oauthSource.make(
    z.strictObject(oauthSource.options).parse({ client_id: 'keywright', ...options }),
    sourceContext({
      name: 'tracker',
      clock: systemClock,
      http: (terms) => {
        const client = createHttpClient(terms);
        clients.push(client);
        return client;
      },
      ...context,
    }),
  );
  return { source, close: () => Promise.all(clients.map((client) => client.close())).then(() => undefined) };
}

export const newSecret = (): string => `s+%:/ ${randomBytes(18).toString('base64')}`;

export function sealedAll(values: Readonly<Record<string, string>>): Record<string, ReturnType<typeof seal>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, seal(name, value)]));
}
