import type * as OAuth from 'oauth4webapi';
import { errorCode } from '../../core/error-code.js';
import { Refusal } from '../../core/refusal.js';
import type { HttpAnswer, HttpClient } from '../../net/client.js';
import { asUnavailable, jsonOf, membersOf } from '../answer.js';
import { unavailable } from '../unavailable.js';
import type { Authenticate } from './client-authentication.js';
import { errorIn, notAllowed } from './failure.js';

/** Where tokens come from and go back to, and how it is reached. */
export interface Place {
  readonly url: URL;
  readonly http: HttpClient;
  /** What the server is called in assertions: its identifier, or this URL. */
  readonly audience: string;
}

export interface Asking {
  /** The name of the secret, for refusals. */
  readonly name: string;
  readonly place: Place;
  readonly clientId: string;
  readonly authenticate: Authenticate;
  readonly signal: AbortSignal;
  /** What an answer without a token means. */
  readonly failureOf: (answer: HttpAnswer) => Refusal;
}

/** The members of a token response (RFC 6749 section 5.1). Rejects with `secret_unavailable`; nothing of an answer is in it. */
export function askForToken(
  asking: Asking,
  grantType: string,
  parameters: readonly (readonly [string, string])[],
): Promise<Readonly<Record<string, unknown>>> {
  return guarded(asking, async (oauth) => {
    const { place, clientId, authenticate, signal } = asking;
    let members: Readonly<Record<string, unknown>> = {};
    const options = {
      signal,
      ...schemeOf(oauth, place),
      [oauth.customFetch]: async (href: string, request: OAuth.CustomFetchOptions<'POST', URLSearchParams>) => {
        const answer = await send(place.http, href, request, signal);
        const isError = errorIn(answer) !== undefined;
        if (answer.status !== 200 || isError) throw asking.failureOf(answer);
        members = present(membersOf(jsonOf(answer.text)) ?? {});
        // An ID token is handed on and not relied upon: whoever gets it checks it, and we may not know its issuer. Whether a type may be
        // missing is for who reads the members.
        const read = { token_type: 'bearer', ...members, id_token: undefined };
        return new Response(JSON.stringify(read), { headers: json });
      },
    };
    const server: OAuth.AuthorizationServer = { issuer: place.audience, token_endpoint: place.url.href };
    const client = { client_id: clientId };
    const response = await oauth.genericTokenEndpointRequest(
      server,
      client,
      (_, __, body, headers) => authenticate(body, headers, place.audience),
      grantType,
      parameters.map((pair) => [...pair]),
      options,
    );
    // Token types are judged by who reads the members.
    const type = members['token_type'];
    const recognizedTokenTypes = typeof type === 'string' ? { [type.toLowerCase()]: () => undefined } : {};
    await oauth.processGenericTokenEndpointResponse(server, client, response, { recognizedTokenTypes });
    return members;
  });
}

/** Gives a token back (RFC 7009). Resolves also where the server does not know it: it is good for nothing then. */
export function revokeToken(asking: Asking, token: string): Promise<void> {
  return guarded(asking, async (oauth) => {
    const { place, clientId, authenticate, signal } = asking;
    await oauth.revocationRequest(
      { issuer: place.audience, revocation_endpoint: place.url.href },
      { client_id: clientId },
      (_, __, body, headers) => authenticate(body, headers, place.audience),
      token,
      {
        signal,
        additionalParameters: { token_type_hint: 'access_token' },
        ...schemeOf(oauth, place),
        [oauth.customFetch]: async (href: string, request: OAuth.CustomFetchOptions<'POST', URLSearchParams>) => {
          const answer = await send(place.http, href, request, signal);
          if (answer.status !== 200 && answer.status !== 204) throw asking.failureOf(answer);
          return new Response();
        },
      },
    );
  });
}

/**
 * The token endpoint that the metadata of an issuer names (RFC 8414, else where OpenID Connect has them): of this issuer, and not in
 * cleartext where that is not.
 */
export function discoverTokenUrl(
  asking: Pick<Asking, 'name' | 'signal'> & { readonly place: Pick<Place, 'url' | 'http'> },
): Promise<URL> {
  return guarded(asking, async (oauth) => {
    const { name, place, signal } = asking;
    const { origin } = place.http;
    let status = 0;
    for (const algorithm of ['oauth2', 'oidc'] as const) {
      const response = await oauth.discoveryRequest(place.url, {
        algorithm,
        signal,
        ...schemeOf(oauth, place),
        [oauth.customFetch]: async (href: string, request: OAuth.CustomFetchOptions<'GET'>) => {
          const answer = await send(place.http, href, request, signal);
          status = answer.status;
          return new Response(status === 200 ? answer.text : '{}', { headers: json });
        },
      });
      if (status === 404) continue;
      if (status !== 200) break;
      const { token_endpoint: endpoint } = await oauth.processDiscoveryResponse(place.url, response);
      return endpointIn(name, place, endpoint);
    }
    throw unavailable(name, `${origin} answered with status ${status} when asked for its metadata`);
  });
}

function endpointIn(name: string, place: Pick<Place, 'url' | 'http'>, endpoint: unknown): URL {
  const { origin } = place.http;
  if (typeof endpoint !== 'string' || !/^https?:\/\/[^\s?#@\\]+$/.test(endpoint) || !URL.canParse(endpoint)) {
    throw unavailable(name, `the metadata of ${origin} has no token endpoint that can be used`);
  }
  const url = new URL(endpoint);
  if (url.protocol === 'https:' || isCleartext(place)) return url;
  throw unavailable(name, `the metadata of ${origin} names a token endpoint in cleartext`);
}

const json = { 'content-type': 'application/json' };

/** Some servers send null for what they do not have. */
function present(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}

function isCleartext({ url }: Pick<Place, 'url'>): boolean {
  return url.protocol === 'http:';
}

/** Whether a server may be asked without TLS was decided by `connectTo`, which the package knows nothing of. */
function schemeOf(oauth: typeof OAuth, place: Pick<Place, 'url'>): { readonly [allow: symbol]: boolean } {
  // Marked so that it stands out.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return { [oauth.allowInsecureRequests]: isCleartext(place) };
}

/** The errors of the package hold answers in their causes: of them its own code goes on, and nothing else. */
async function guarded<T>(
  { name, place, signal }: Pick<Asking, 'name' | 'signal'> & { readonly place: Pick<Place, 'http'> },
  action: (oauth: typeof OAuth) => Promise<T>,
): Promise<T> {
  try {
    return await action(await import('oauth4webapi'));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const known = asUnavailable(name, error);
    if (known instanceof Refusal) throw known;
    throw unavailable(name, notAllowed(place.http.origin, errorCode(error) ?? ''));
  }
}

function send(
  http: HttpClient,
  href: string,
  { method, headers, body }: OAuth.CustomFetchOptions<'GET' | 'POST', URLSearchParams | undefined>,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { pathname } = new URL(href);
  return http.request({
    method,
    path: pathname,
    headers,
    signal,
    ...(body !== undefined && { body: body.toString() }),
  });
}
