import { randomBytes, type KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { BackendHandler, BackendReply, BackendRequest } from '../backend-server.js';

export const urns = {
  assertion: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  exchange: 'urn:ietf:params:oauth:grant-type:token-exchange',
  jwtBearer: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  accessToken: 'urn:ietf:params:oauth:token-type:access_token',
};

export interface FakeClient {
  readonly id: string;
  readonly auth:
    | { readonly method: 'basic' | 'post'; readonly secret: string }
    | { readonly method: 'private_key_jwt'; readonly publicKey: KeyObject; readonly audience: () => string }
    | { readonly method: 'none' }
    | { readonly method: 'tls'; readonly name: string };
}

export interface FakeTerms {
  readonly client: FakeClient;
  /** Tokens that may be exchanged, and who may act. */
  readonly subjects?: readonly string[];
  readonly actors?: readonly string[];
  /** Who signs assertions that are exchanged. */
  readonly assertionKey?: KeyObject;
  readonly assertionAudience?: () => string;
  /** Without it refresh tokens stay as they are. */
  readonly rotates?: boolean;
  /** Of the answer, over what it would be. */
  readonly answer?: Readonly<Record<string, unknown>>;
}

/** One consent: the newest refresh token, and all before it. */
interface Family {
  readonly used: Set<string>;
  current: string;
  dead: boolean;
}

/**
 * An authorization server as strict as they come: one form of everything (RFC 6749, 7009, 7523, 8693), each assertion once, and a refresh
 * token that comes a second time ends the grant (RFC 9700 section 4.14.2).
 */
export class FakeOauth {
  readonly #families: Family[] = [];
  readonly #assertions = new Set<unknown>();
  readonly #issued = new Map<string, string>();
  /** Every parameter of the last request that was let in. */
  asked: URLSearchParams = new URLSearchParams();
  readonly revoked: string[] = [];
  /** Grants that were ended as a refresh token came twice. */
  reuses = 0;
  refreshes = 0;
  terms: FakeTerms;
  /** Between the moment where a refresh token is exchanged and its answer: what a process may die in. */
  onRefreshed: () => Promise<void> | void = () => undefined;

  constructor(terms: FakeTerms) {
    this.terms = terms;
  }

  /** A new consent: its first refresh token. */
  consent(): string {
    const first = newToken('rt');
    this.#families.push({ used: new Set(), current: first, dead: false });
    return first;
  }

  /** The newest of the grant that begins with `first`; undefined where it was ended. */
  newest(first: string): string | undefined {
    const family = this.#families.find(({ used, current }) => current === first || used.has(first));
    return family?.dead === false ? family.current : undefined;
  }

  /** What is issued for this, the same each time. */
  access(of: string): string {
    const token = this.#issued.get(of) ?? newToken('at');
    this.#issued.set(of, token);
    return token;
  }

  readonly handler: BackendHandler = async (request) => {
    try {
      return await this.#answer(request);
    } catch (error) {
      if (error instanceof FakeError) return error.reply;
      throw error;
    }
  };

  async #answer(request: BackendRequest): Promise<BackendReply> {
    if (request.method === 'GET') return refuse(404, 'invalid_request');
    const type = String(request.headers['content-type']);
    if (!/^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i.test(type)) refuse(415, 'invalid_request');
    if (request.method !== 'POST') refuse(405, 'invalid_request');
    const body = new URLSearchParams(request.body);
    const isTwice = [...new Set(body.keys())].some(
      (key) => body.getAll(key).length > 1 && key !== 'resource' && key !== 'audience',
    );
    if (isTwice) refuse(400, 'invalid_request');
    await this.#authenticate(request, body);
    this.asked = body;
    if (request.path === '/oauth/revoke') {
      this.revoked.push(body.get('token') ?? '');
      return { status: 200, body: '' };
    }
    if (request.path !== '/oauth/token') refuse(404, 'invalid_request');
    const members = await this.#grant(body);
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { token_type: 'Bearer', expires_in: 3600, ...members, ...this.terms.answer },
    };
  }

  async #authenticate({ headers, clientName }: BackendRequest, body: URLSearchParams): Promise<void> {
    const { id, auth } = this.terms.client;
    const { authorization } = headers;
    const shown = [authorization, body.get('client_secret') ?? undefined, body.get('client_assertion') ?? undefined];
    const count = shown.filter((one) => one !== undefined).length;
    const isPublic = auth.method === 'none' || auth.method === 'tls';
    if (count !== (isPublic ? 0 : 1)) refuse(400, 'invalid_request');
    if (auth.method !== 'basic' && body.get('client_id') !== id) unknownClient(false);
    switch (auth.method) {
      case 'none':
        return;
      case 'tls':
        return clientName === auth.name ? undefined : unknownClient(false);
      case 'post':
        return body.get('client_secret') === auth.secret ? undefined : unknownClient(false);
      case 'basic': {
        const [, encoded = ''] = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(String(authorization)) ?? [];
        const parts = Buffer.from(encoded, 'base64').toString().split(':');
        const [user, password] = parts.map((part) => new URLSearchParams(`a=${part}`).get('a'));
        if (parts.length !== 2 || user !== id || password !== auth.secret) unknownClient(true);
        return;
      }
      case 'private_key_jwt': {
        if (body.get('client_assertion_type') !== urns.assertion) refuse(400, 'invalid_request');
        const claims = await this.#verified(body.get('client_assertion') ?? '', auth.publicKey, auth.audience(), 60);
        if (claims.iss !== id || claims.sub !== id) unknownClient(false);
      }
    }
  }

  async #verified(
    jwt: string,
    key: KeyObject,
    audience: string,
    seconds: number,
  ): Promise<{ iss?: string; sub?: string; [claim: string]: unknown }> {
    try {
      const options = { audience, requiredClaims: ['iss', 'sub', 'exp', 'iat', 'jti'], clockTolerance: 0 };
      const { payload } = await jwtVerify(jwt, key, options);
      if ((payload.exp ?? Infinity) - (payload.iat ?? 0) > seconds) refuse(401, 'invalid_client');
      if (this.#assertions.has(payload.jti)) refuse(401, 'invalid_client');
      this.#assertions.add(payload.jti);
      return payload;
    } catch (error) {
      if (error instanceof FakeError) throw error;
      return refuse(401, 'invalid_client');
    }
  }

  async #grant(body: URLSearchParams): Promise<Readonly<Record<string, unknown>>> {
    const { subjects = [], actors = [], assertionKey, assertionAudience } = this.terms;
    const scope = body.get('scope') ?? '';
    switch (body.get('grant_type') ?? '') {
      case 'client_credentials':
        return { access_token: this.access(`client ${scope}`), scope };
      case 'refresh_token':
        return this.#refreshed(body.get('refresh_token') ?? '');
      case urns.exchange: {
        if (body.get('subject_token_type') !== urns.accessToken) refuse(400, 'invalid_request');
        const [subject, actor] = [body.get('subject_token') ?? '', body.get('actor_token') ?? undefined];
        if ((actor === undefined) !== (body.get('actor_token_type') === null)) refuse(400, 'invalid_request');
        if (!subjects.includes(subject)) refuse(400, 'invalid_grant');
        if (actor !== undefined && !actors.includes(actor)) refuse(400, 'invalid_grant');
        return { access_token: this.access(`exchange ${subject}`), issued_token_type: urns.accessToken };
      }
      case urns.jwtBearer: {
        if (assertionKey === undefined) return refuse(400, 'unauthorized_client');
        const jwt = body.get('assertion') ?? '';
        const { sub } = await this.#verified(jwt, assertionKey, assertionAudience?.() ?? '', 3600);
        return { access_token: this.access(`assertion ${sub ?? ''}`) };
      }
      default:
        return refuse(400, 'unsupported_grant_type');
    }
  }

  async #refreshed(token: string): Promise<Readonly<Record<string, unknown>>> {
    const family = this.#families.find(({ used, current }) => current === token || used.has(token));
    if (family?.used.has(token) === true) {
      this.reuses += 1;
      family.dead = true;
    }
    if (family === undefined || family.dead) return refuse(400, 'invalid_grant');
    this.refreshes += 1;
    if (this.terms.rotates !== true) return { access_token: this.access('refresh') };
    family.used.add(token);
    family.current = newToken('rt');
    const answer = { access_token: this.access('refresh'), refresh_token: family.current };
    await this.onRefreshed();
    return answer;
  }
}

class FakeError extends Error {
  readonly reply: BackendReply;

  constructor(reply: BackendReply) {
    super('refused');
    this.reply = reply;
  }
}

function newToken(kind: string): string {
  return `${kind}-${randomBytes(24).toString('base64url')}`;
}

/** With words of its own, which must not come up anywhere. */
export const described = 'what the server says about it';

function refuse(status: number, error: string): never {
  throw new FakeError({ status, body: { error, error_description: described } });
}

/** With a challenge where the client has used the header (RFC 6749 section 5.2). */
function unknownClient(challenged: boolean): never {
  const headers = challenged ? { 'www-authenticate': 'Basic realm="oauth"' } : {};
  const body = { error: 'invalid_client', error_description: described };
  throw new FakeError({ status: 401, headers, body });
}
