import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../../src/core/clock.js';
import type { BackendHandler, BackendReply, BackendRequest } from '../backend-server.js';
import { checkIdentity } from './infisical-aws.js';
import { Failure, malformed } from './infisical-failure.js';
import { FakeLeases } from './infisical-leases.js';
import { FakeTokens } from './infisical-tokens.js';

interface Kept {
  value: string;
  version: number;
  hidden?: boolean;
}

/**
 * Infisical as chapter 3 of its fact sheet has it: logins with lockout, tokens with a time, secrets by the v4 route, leases of a dynamic
 * secret. It refuses what is not as the server takes it: fields it does not know, a wrong content type, a token that is dead.
 */
export class FakeInfisical {
  /** Its time, moved by hand; the same for whoever is tested, but for `skew`, by which the server is ahead. */
  time = Date.parse('2026-11-28T06:00:00Z');
  skew = 0;
  readonly clock: Clock = { now: () => this.time, elapsed: () => this.time };
  readonly #serverNow = (): number => this.time + this.skew;
  readonly tokens = new FakeTokens(this.#serverNow);
  readonly leases = new FakeLeases(this.#serverNow);
  readonly projectId = randomUUID();
  readonly clientId = randomUUID();
  readonly clientSecret = randomBytes(32).toString('hex');
  organizationSlug: string | undefined;
  readonly identityId = randomUUID();
  readonly jwt = `eyJ${randomBytes(30).toString('base64url')}`;
  readonly awsKeys = new Map<string, { secret: string; token?: string }>();
  awsSigner: string | undefined;
  /** By folder and name. */
  readonly secrets = new Map<string, Kept>([
    ['/ STRIPE_KEY', { value: `sk_${randomBytes(20).toString('hex')}`, version: 3 }],
  ]);
  /** What comes instead of the next answers, to a path that begins so. */
  readonly instead: { readonly path: string; readonly failure: Failure }[] = [];
  /** What has been done is told only when this is over. */
  hold: Promise<void> | undefined;
  logins = 0;
  readonly #lockout = { failures: 0, until: 0, isLocked: false };

  readonly handler: BackendHandler = async (request) => {
    const reply = this.#replyTo(request);
    await this.hold;
    return reply;
  };

  #replyTo(request: BackendRequest): BackendReply {
    try {
      const index = this.instead.findIndex(({ path }) => request.path.startsWith(path));
      const [instead] = index < 0 ? [] : this.instead.splice(index, 1);
      if (instead !== undefined) throw instead.failure;
      return { status: 200, body: this.#answer(request) };
    } catch (error) {
      if (error instanceof Failure) return error.reply;
      return {
        status: 500,
        body: { reqId: 'x', error: 'InternalServerError', message: String(error) },
      };
    }
  }

  #answer(request: BackendRequest): object {
    const { method, headers } = request;
    const url = new URL(request.path, 'https://infisical');
    const [, kind] = /^\/api\/v1\/auth\/([a-z-]+)\/login$/.exec(url.pathname) ?? [];
    if (kind !== undefined && method === 'POST') return this.#login(kind, bodyOf(request));
    if (url.pathname === '/api/v1/auth/token/renew') return this.tokens.renew(tokenIn(request));
    if (url.pathname === '/api/v1/auth/token/revoke') return this.tokens.revoke(tokenIn(request));
    this.tokens.use(headers['authorization']);
    const [, name] = /^\/api\/v4\/secrets\/([^/]+)$/.exec(url.pathname) ?? [];
    if (name !== undefined && method === 'GET') return this.#secret(decodeURIComponent(name), url, request);
    const [, id, action] = /^\/api\/v1\/dynamic-secrets\/leases(?:\/([\w-]+)(\/renew)?)?$/.exec(url.pathname) ?? [];
    if (!url.pathname.startsWith('/api/v1/dynamic-secrets/leases')) throw new Failure(404, 'NotFound', 'no route');
    if (method === 'POST' && id === undefined) return this.leases.create(bodyOf(request));
    if (method === 'POST' && id !== undefined && action !== undefined) return this.leases.renew(id, bodyOf(request));
    if (method === 'DELETE' && id !== undefined) return this.leases.revoke(id, bodyOf(request));
    throw new Failure(404, 'NotFound', 'Route not found');
  }

  #login(kind: string, body: Readonly<Record<string, unknown>>): object {
    this.logins += 1;
    switch (kind) {
      case 'universal-auth':
        checkNames(body, [
          'clientId',
          'clientSecret',
          ...(this.organizationSlug === undefined ? [] : ['organizationSlug']),
        ]);
        this.#checkSecret(body);
        break;
      case 'kubernetes-auth':
        checkNames(body, ['identityId', 'jwt']);
        if (body['jwt'] !== this.jwt) throw new Failure(401, 'Unauthorized', 'Access denied: TokenReview failed');
        break;
      case 'oidc-auth':
      case 'jwt-auth':
        checkNames(body, ['identityId', 'jwt']);
        if (body['jwt'] === this.jwt) break;
        if (kind === 'oidc-auth') throw new Failure(500, 'OidcAuthError', `Access denied: ${String(body['jwt'])}`);
        throw new Failure(403, 'TokenError', 'invalid signature');
      case 'aws-auth':
        checkNames(body, ['identityId', 'iamHttpRequestMethod', 'iamRequestBody', 'iamRequestHeaders']);
        try {
          this.awsSigner = checkIdentity(body, this.awsKeys, this.#serverNow());
        } catch (error) {
          throw new Failure(401, 'Unauthorized', String(error));
        }
        break;
      default:
        throw new Failure(404, 'NotFound', 'Route not found');
    }
    if (kind !== 'universal-auth' && body['identityId'] !== this.identityId) {
      throw new Failure(404, 'NotFound', 'auth method not found for identity');
    }
    return this.tokens.give();
  }

  /** Three wrong ones within half a minute of each other lock the identity for five minutes, whoever comes. */
  #checkSecret(body: Readonly<Record<string, unknown>>): void {
    const lockout = this.#lockout;
    const now = this.#serverNow();
    if (now >= lockout.until) Object.assign(lockout, { failures: 0, isLocked: false });
    if (lockout.isLocked) {
      const why = 'This identity auth method is temporarily locked, please try again later';
      throw new Failure(401, 'Unauthorized', why);
    }
    const isKnown = body['clientId'] === this.clientId && body['clientSecret'] === this.clientSecret;
    if (isKnown && body['organizationSlug'] === this.organizationSlug) return;
    lockout.failures += 1;
    lockout.isLocked = lockout.failures >= 3;
    lockout.until = now + (lockout.isLocked ? 300_000 : 30_000);
    throw new Failure(401, 'Unauthorized', `Invalid credentials ${String(body['clientSecret'])}`);
  }

  #secret(name: string, url: URL, { headers, body }: BackendRequest): object {
    if (body !== '' || headers['content-type'] !== undefined) throw malformed('body');
    const query = Object.fromEntries(url.searchParams);
    const known = ['projectId', 'environment', 'secretPath', 'type', 'viewSecretValue', 'expandSecretReferences'];
    const all = [...known, 'include_imports', 'version'];
    const unknown = Object.keys(query).filter((key) => !all.includes(key));
    if (unknown.length > 0 || url.searchParams.size !== Object.keys(query).length) throw malformed(...unknown);
    for (const key of ['viewSecretValue', 'expandSecretReferences', 'include_imports']) {
      if (query[key] !== 'true' && query[key] !== 'false') throw malformed(key);
    }
    if (query['projectId'] !== this.projectId) throw new Failure(404, 'NotFound', 'Project not found');
    if (query['environment'] !== 'prod') {
      const details = `You are not allowed to readValue on secrets ${String(query['environment'])}`;
      throw new Failure(403, 'PermissionDenied', details);
    }
    const kept = this.secrets.get(`${query['secretPath'] ?? '/'} ${name}`);
    if (kept === undefined) throw new Failure(404, 'NotFound', `Secret with name '${name}' not found`);
    const isExpanded = query['expandSecretReferences'] === 'true';
    const value = isExpanded ? kept.value.replace('${OTHER}', this.secrets.get('/ OTHER')?.value ?? '') : kept.value;
    return {
      secret: {
        id: randomUUID(),
        secretKey: name,
        secretValue: kept.hidden === true ? '<hidden-by-infisical>' : value,
        secretValueHidden: kept.hidden === true,
        secretPath: query['secretPath'],
        version: query['version'] === undefined ? kept.version : Number(query['version']),
        type: 'shared',
        updatedAt: new Date(this.#serverNow()).toISOString(),
      },
    };
  }
}

/** Bodies are JSON and say so, with any method. */
function bodyOf({ headers, body }: BackendRequest): Readonly<Record<string, unknown>> {
  if (headers['content-type'] !== 'application/json') throw new Failure(415, 'FST_ERR_CTP_INVALID_MEDIA_TYPE', 'no');
  return JSON.parse(body) as Readonly<Record<string, unknown>>;
}

function tokenIn(request: BackendRequest): string {
  const body = bodyOf(request);
  checkNames(body, ['accessToken']);
  return String(body['accessToken']);
}

function checkNames(body: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const wrong = [...Object.keys(body), ...names].filter((name) => !names.includes(name) || !(name in body));
  if (wrong.length > 0) throw malformed(...wrong);
}
