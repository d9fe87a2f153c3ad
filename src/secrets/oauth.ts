import { resolve } from 'node:path';
import { defineKind } from '../core/kind.js';
import type { Sealed } from '../core/sealed.js';
import type { Sent } from './backend.js';
import { connectTo } from './connection-options.js';
import type { Fetched, FetchContext, HeldLease, SecretReference, Source } from './index.js';
import { authentication, noAuthentication, type Authenticate } from './oauth/client-authentication.js';
import { failureOf } from './oauth/failure.js';
import { grantFor, refreshParameters } from './oauth/grant.js';
import { oauthOptions, type OauthOptions } from './oauth/options.js';
import { Rotation } from './oauth/rotation.js';
import { askForToken, revokeToken, type Asking, type Place } from './oauth/server.js';
import { tokenPlace, placeOf } from './oauth/place.js';
import { oauthRules } from './oauth/rules.js';
import { termsOf, type Terms } from './oauth/terms.js';
import { readToken, type Token } from './oauth/token.js';
import { reveal } from './seal.js';
import type { SourceContext } from './source-context.js';
import { valueVersion } from './value-version.js';

/** An access token of OAuth 2.0: by the client's own right, by a refresh token, or in exchange for another token or an assertion. */
const kind = defineKind({
  kind: 'oauth',
  summary:
    'An access token of an OAuth 2.0 server, got with other secrets: client credentials, refresh token, token exchange (RFC 8693) or JWT bearer (RFC 7523). Its fields are `value` and, where the server sends one, `id_token`.',
  options: oauthOptions,
  rules: oauthRules,
  make: (options: OauthOptions, context: SourceContext): Source => new OauthSource(options, termsOf(options), context),
});

/** A grant is refreshed once for all who wait, and its newest token is kept in one file. */
export const oauthSource = {
  ...kind,
  sharedParts: ({ refresh_token }: OauthOptions): readonly SecretReference[] =>
    refresh_token === undefined ? [] : [refresh_token],
  /** Where the metadata of an issuer lead is not known yet. A token is given back with the secret of the client. */
  sends: ({ token_url, revocation_url }: OauthOptions): readonly Sent[] => [
    ...toEach(['client_secret', 'refresh_token', 'subject_token', 'actor_token'], token_url),
    ...toEach(['client_secret'], revocation_url),
  ],
};

function toEach(keys: readonly string[], to: string | undefined): Sent[] {
  return to === undefined ? [] : keys.map((key) => ({ path: [key], to }));
}

class OauthSource implements Source {
  readonly #options: OauthOptions;
  readonly #terms: Terms;
  readonly #context: SourceContext;
  readonly #tokenPlace: ReturnType<typeof tokenPlace>;
  readonly #revocationPlace: Place | undefined;
  readonly #rotation: Rotation | undefined;
  #lastLease: HeldLease | undefined;

  constructor(options: OauthOptions, terms: Terms, context: SourceContext) {
    this.#options = options;
    this.#terms = terms;
    this.#context = context;
    this.#tokenPlace = tokenPlace(options, context);
    const { revocation_url, state_file, issuer, token_url } = options;
    if (revocation_url !== undefined) {
      const audience = issuer ?? token_url ?? revocation_url;
      this.#revocationPlace = placeOf(new URL(revocation_url), audience, (url) => connectTo(url, options, context));
    }
    if (terms.grant.type === 'refresh_token') {
      const secret = terms.grant.first.toString();
      const path = resolve(context.folder, state_file ?? `state/oauth/${secret}.json`);
      this.#rotation = new Rotation({ name: context.name, path, secret });
    }
  }

  async fetch({ secret, signal }: FetchContext): Promise<Fetched> {
    const place = await this.#tokenPlace(signal, (origin, isForeign) => this.#checkPlace(origin, isForeign, secret));
    const authenticate = await this.#authentication(place, secret);
    const token = await this.#token(place, authenticate, secret, signal);
    const { default_lifetime } = this.#options;
    const version = valueVersion([token.access, ...(token.id === undefined ? [] : [token.id])].map(reveal).join('\n'));
    const lease = this.#lease(version, token.access, authenticate);
    return {
      fields: { value: token.access, ...(token.id !== undefined && { id_token: token.id }) },
      version,
      expiresAt: this.#context.clock.now() + (token.lifetime ?? default_lifetime),
      ...(lease !== undefined && { lease }),
    };
  }

  /** The answer to a refresh may hold the only token that is still good. */
  async close(): Promise<void> {
    await this.#rotation?.ended();
  }

  /** Where metadata lead: not to where what is sent there may not go. An assertion is as good as what it is signed with. */
  async #checkPlace(origin: string, isForeign: boolean, secret: FetchContext['secret']): Promise<void> {
    const { client, grant } = this.#terms;
    const isKey = client.method === 'private_key_jwt';
    const keys = [isKey ? client.credential : undefined, grant.type === 'jwt_bearer' ? grant.assertion.key : undefined];
    const sent = [
      isKey ? undefined : client.credential,
      ...(grant.type === 'refresh_token' ? [grant.first] : []),
      ...(grant.type === 'token_exchange' ? [grant.subject, grant.actor] : []),
    ];
    for (const one of sent) if (one !== undefined) await secret(one, origin);
    for (const one of keys)
      if (one !== undefined) await secret(one, origin, ...(isForeign ? [] : (['signs'] as const)));
  }

  async #authentication(place: Place, secret: FetchContext['secret']): Promise<Authenticate> {
    const { client } = this.#terms;
    const { name, clock } = this.#context;
    const now = (): number => clock.now();
    if (client.method === 'none') return noAuthentication(client);
    // A key signs here and goes nowhere.
    const to = client.method === 'private_key_jwt' ? [] : [place.http.origin];
    return authentication(name, client, await secret(client.credential, ...to), now);
  }

  async #token(
    place: Place,
    authenticate: Authenticate,
    secret: FetchContext['secret'],
    signal: AbortSignal,
  ): Promise<Token> {
    const { grant } = this.#terms;
    const { name, clock } = this.#context;
    const { origin } = place.http;
    const exchange = grant.type === 'token_exchange' ? { requestedType: grant.requestedType } : undefined;
    const expected = { name, origin, type: this.#options.token_type, exchange };
    const asking = this.#asking(place, authenticate, signal);
    if (grant.type !== 'refresh_token') {
      const around = { name, options: this.#options, origin, audience: place.audience, now: () => clock.now() };
      const { type, parameters } = await grantFor(grant, around, secret);
      return readToken(expected, await askForToken(asking, type, await parameters()));
    }
    if (this.#rotation === undefined) throw new TypeError('a refresh token without its file');
    const first = await secret(grant.first, origin);
    const ask = async (token: Sealed, until: AbortSignal): Promise<Token> => {
      const parameters = refreshParameters(this.#options, token);
      return readToken(expected, await askForToken({ ...asking, signal: until }, grant.type, parameters));
    };
    return this.#rotation.refreshed(first, ask, signal);
  }

  #asking(place: Place, authenticate: Authenticate, signal: AbortSignal): Asking {
    const { name, clock } = this.#context;
    const asked = { name, origin: place.http.origin, isRefresh: this.#rotation !== undefined };
    const { id: clientId } = this.#terms.client;
    return {
      name,
      place,
      clientId,
      authenticate,
      signal,
      failureOf: (answer) => failureOf(asked, answer, clock.now()),
    };
  }

  /** What shows who we are is taken along as it is now: when leases are given back at the end, no secret can be asked for any more. */
  #lease(id: string, token: Sealed, authenticate: Authenticate): HeldLease | undefined {
    const place = this.#revocationPlace;
    if (place === undefined) return undefined;
    // Some servers give out the same token until it ends: one lease then, or giving the former back would end what is in use.
    if (this.#lastLease?.id !== id) {
      this.#lastLease = {
        id,
        revoke: (signal) => revokeToken(this.#asking(place, authenticate, signal), reveal(token)),
      };
    }
    return this.#lastLease;
  }
}
