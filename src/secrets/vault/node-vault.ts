import { Sealed } from '../../core/sealed.js';
import type { HttpAnswer, HttpClient } from '../../net/client.js';
import { reveal } from '../seal.js';

/** One request to Vault. Sealed values are opened as they go out, and nowhere before. */
export interface Asked {
  readonly method: 'GET' | 'POST';
  /** Below `/v1/`, encoded; may have a query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly token?: Sealed | undefined;
  /** An object of JSON, whose members may be sealed. */
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  readonly signal: AbortSignal;
}

export type Ask = (asked: Asked) => Promise<HttpAnswer>;

/** As much of node-vault as is used: a request by method and path. Its types leave out what keeps its defects away. */
interface NodeVault {
  request(options: { method: string; path: string; asked: Asked }): Promise<HttpAnswer>;
  token: unknown;
  namespace: unknown;
  pathPrefix: string;
}

type NodeVaultFactory = (options: Readonly<Record<string, unknown>>) => NodeVault;

interface Outgoing {
  readonly uri: string;
  readonly asked: Asked;
}

/**
 * node-vault over our own HTTP client: it sees methods and paths, and never a token, a body or an answer, so that whatever it does with
 * those (prints them, keeps them, sends them elsewhere) cannot be done. Decision 0025 says which of its defects this is for.
 */
export async function openNodeVault(http: HttpClient): Promise<Ask> {
  // Loaded when Vault is first asked: with axios, which it brings and which is not used here, it takes 60 ms.
  const { default: nodeVault } = (await import('node-vault')) as unknown as { readonly default: NodeVaultFactory };
  const endpoint = `https://${http.origin}`;
  const client = nodeVault({
    endpoint,
    // It prints what it sends where DEBUG asks for it.
    debug: () => undefined,
    // None of the calls that it generates from templates.
    commands: {},
    'request-promise': { defaults: () => (outgoing: Outgoing) => send(http, endpoint, outgoing) },
  });
  // What it has taken from VAULT_TOKEN, VAULT_NAMESPACE and VAULT_PREFIX.
  Object.assign(client, { token: '', namespace: '', pathPrefix: '' });
  return (asked) => client.request({ method: asked.method, path: `/${asked.path}`, asked });
}

/** Every answer is a success to node-vault: what its status means is ours to say, and nothing of it goes into an error of its own. */
async function send(http: HttpClient, endpoint: string, { uri, asked }: Outgoing): Promise<object> {
  const { method, path, token, body, signal } = asked;
  if (uri !== `${endpoint}/v1/${path}`) throw new TypeError('node-vault has changed a path');
  const headers = {
    ...asked.headers,
    ...(token !== undefined && { 'x-vault-token': reveal(token) }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const content = body === undefined ? {} : { body: JSON.stringify(opened(body)) };
  const answer = await http.request({ method, path: `/v1/${path}`, headers, signal, ...content });
  return { statusCode: 200, request: { path: '' }, body: answer };
}

function opened(body: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key, value instanceof Sealed ? reveal(value) : value]),
  );
}
