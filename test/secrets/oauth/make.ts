import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { systemClock } from '../../../src/core/clock.js';
import { createHttpClient, type HttpClient } from '../../../src/net/client.js';
import type { Fetched, Source } from '../../../src/secrets/index.js';
import { oauthSource } from '../../../src/secrets/oauth.js';
import { reveal, seal } from '../../../src/secrets/seal.js';
import type { SourceContext } from '../../../src/secrets/source-context.js';
import { startBackend, type BackendHandler, type BackendServer } from '../backend-server.js';
import { fetchContext, sourceContext } from '../context.js';
import { FakeOauth, type FakeTerms } from '../fakes/oauth.js';

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

/** The secret of the client, which requests have as `client`. */
export const clientSecret = newSecret();
export const byBasic: FakeTerms = { client: { id: 'keywright', auth: { method: 'basic', secret: clientSecret } } };

const opened: { close: () => Promise<void> }[] = [];

/** For `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const one of opened.splice(0).reverse()) await one.close();
}

/** A server that answers as the fake does, or as `handler` does in its place. */
export async function startFake(
  terms: FakeTerms,
  options?: Parameters<typeof startBackend>[1],
  handler?: (fake: FakeOauth) => BackendHandler,
): Promise<{ readonly server: BackendServer; readonly fake: FakeOauth; readonly ask: Ask }> {
  const fake = new FakeOauth(terms);
  const server = await startBackend(handler?.(fake) ?? fake.handler, options);
  opened.push(server);
  const ask: Ask = (more, secrets = {}) => {
    const at = { token_url: `${server.address}/oauth/token`, ca_file: server.caFile };
    const made = makeOauth({ ...at, ...more }, { folder: server.folder });
    opened.push(made);
    return made.source.fetch(fetchContext({ secrets: sealedAll({ client: clientSecret, ...secrets }) }));
  };
  return { server, fake, ask };
}

/** Fetches once from a source made for this. */
export type Ask = (
  options: Readonly<Record<string, unknown>>,
  secrets?: Readonly<Record<string, string>>,
) => Promise<Fetched>;

export const valueOf = async (fetched: Promise<Fetched>): Promise<string> => reveal((await fetched).fields['value']!);
