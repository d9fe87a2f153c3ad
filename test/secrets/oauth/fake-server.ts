import type { Fetched } from '../../../src/secrets/index.js';
import { reveal } from '../../../src/secrets/seal.js';
import { startBackend, type BackendHandler, type BackendServer } from '../backend-server.js';
import { fetchContext } from '../context.js';
import { FakeOauth, type FakeTerms } from '../fakes/oauth.js';
import { makeOauth, newSecret, sealedAll } from './make.js';

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
