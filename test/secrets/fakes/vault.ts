import type { BackendReply, BackendRequest } from '../backend-server.js';
import { errors, FakeEngines } from './vault-engines.js';
import { FakeLogins } from './vault-logins.js';
import { FakeTokens, type FakeToken } from './vault-tokens.js';

export type VaultMode =
  'active' | 'sealed' | 'namespace sealed' | 'locked' | 'standby' | 'quota' | 'secondary' | 'performance standby';

/**
 * A Vault for tests, on a clock that they move: tokens with their time and uses, logins with lockout, response wrapping, KV, leases,
 * namespaces, policies; and what a cluster answers when it is not in service. What no client should send is in `violations`.
 */
export class FakeVault {
  mode: VaultMode = 'active';
  /** How many of the next requests are told that this node has not caught up. */
  behind = 0;
  namespace: string | undefined;
  /** Answered to every request from now on, whatever it is. */
  instead: BackendReply | undefined;
  readonly violations: string[] = [];
  readonly seen: {
    readonly method: string;
    readonly path: string;
    readonly correlation: string;
    readonly agent: string | undefined;
  }[] = [];
  #passed = 0;
  readonly #began = Date.now() + 600_000;
  readonly now = (): number => this.#began + this.#passed;
  readonly tokens = new FakeTokens(this.now);
  readonly engines = new FakeEngines(this.tokens, this.now);
  readonly logins = new FakeLogins(this.tokens);
  /** For the contexts of sources. */
  readonly clock = { now: this.now, elapsed: this.now };

  pass(seconds: number): void {
    this.#passed += seconds * 1000;
  }

  /** Paths that were asked for since the beginning, or since the last time. */
  paths(): string[] {
    return this.seen.splice(0).map(({ method, path }) => `${method} ${path}`);
  }

  readonly handler = (request: BackendRequest): BackendReply => {
    try {
      return this.#answer(request);
    } catch (error) {
      this.violations.push(String(error));
      return errors(400, 'malformed');
    }
  };

  #answer(request: BackendRequest): BackendReply {
    const { method, headers } = request;
    const url = new URL(request.path, 'https://vault');
    const path = decodeURIComponent(url.pathname.replace(/^\/v1\//, ''));
    if (url.pathname + url.search !== request.path) this.violations.push(`${request.path} is not in one form`);
    const correlation = headers['x-correlation-id'];
    this.seen.push({
      method,
      path,
      correlation: String(correlation),
      agent: headers['x-agent-id'] as string | undefined,
    });
    if (headers['x-vault-request'] !== 'true') this.violations.push(`${path} without X-Vault-Request`);
    if (!/^[0-9a-f]{16}\.\d+$/.test(String(correlation))) this.violations.push(`${path} without X-Correlation-Id`);
    if (request.body !== '' && headers['content-type'] !== 'application/json')
      this.violations.push(`${path}: type of its body`);
    if (method === 'GET' && request.body !== '') this.violations.push(`${path}: GET with a body`);
    if (this.instead !== undefined) return this.instead;
    const mode = this.#mode(request);
    if (mode !== undefined) return mode;
    const namespace = String(headers['x-vault-namespace'] ?? '').replace(/\/$/, '');
    if (namespace !== (this.namespace ?? '')) return errors(403, 'permission denied');
    const body = (request.body === '' ? {} : JSON.parse(request.body)) as Record<string, unknown>;
    const mount = /^auth\/(.+)\/login$/.exec(path)?.[1];
    if (mount !== undefined) return method === 'POST' ? this.logins.answer(mount, body, request) : errors(405);
    if (path.startsWith('sys/wrapping/')) return this.#wrapping(path, String(headers['x-vault-token'] ?? ''), body);
    const token = this.tokens.use(String(headers['x-vault-token'] ?? ''));
    return token === undefined
      ? errors(403, 'permission denied')
      : this.#permitted(token, request, path, url.searchParams, body);
  }

  #permitted(
    token: FakeToken,
    { method }: BackendRequest,
    path: string,
    query: URLSearchParams,
    body: Record<string, unknown>,
  ): BackendReply {
    const mounts = /^sys\/internal\/ui\/mounts\/(.+)$/.exec(path)?.[1];
    if (mounts !== undefined) return this.#mountOf(token, mounts);
    if (!token.policy.allows(path, method === 'GET' ? 'read' : 'update'))
      return errors(403, '1 error occurred:\n\t* permission denied\n\n');
    switch (`${method} ${path}`) {
      case 'GET auth/token/lookup-self': {
        const ttl = this.tokens.leftOf(token);
        return {
          status: 200,
          body: { data: { id: token.id, ttl, renewable: token.renewable, type: token.type, expire_time: null } },
        };
      }
      case 'POST auth/token/renew-self':
        if (!token.renewable) return errors(400, 'lease is not renewable');
        this.tokens.renew(token);
        return { status: 200, body: { auth: this.tokens.authOf(token), warnings: ['TTL may be capped'] } };
      case 'POST auth/token/revoke-self':
        if (token.type === 'batch') this.violations.push('a batch token is revoked');
        token.revoked = true;
        return { status: 204 };
      case 'POST sys/leases/renew':
        return this.engines.renew(body);
      case 'POST sys/leases/revoke':
        return this.engines.revoke(body);
      default:
        return this.engines.answer(token, method, path, query, body);
    }
  }

  #mountOf(token: FakeToken, path: string): BackendReply {
    const mount = this.engines.mounts.find((one) => path.startsWith(one.path));
    if (mount === undefined || !token.policy.reaches(mount.path))
      return errors(403, 'preflight capability check returned 403');
    return { status: 200, body: { data: { ...mount, accessor: 'x', config: { default_lease_ttl: 0 } } } };
  }

  #wrapping(path: string, header: string, body: Record<string, unknown>): BackendReply {
    const invalid = errors(400, 'wrapping token is not valid or does not exist');
    if (path === 'sys/wrapping/lookup') {
      if (header !== '') this.violations.push('a token goes where none is needed');
      const wrapping = this.tokens.wrapping(String(body['token']));
      if (wrapping === undefined) return invalid;
      return {
        status: 200,
        body: {
          data: {
            creation_path: wrapping.creationPath,
            creation_ttl: 300,
            creation_time: new Date(wrapping.expiresAt - 300_000).toISOString(),
          },
        },
      };
    }
    const wrapping = this.tokens.wrapping(header);
    this.tokens.wrapped.delete(header);
    // Given in both places it is used up, and what it held is lost.
    if (wrapping === undefined || 'token' in body) return invalid;
    return { status: 200, body: { data: wrapping.data, lease_id: '', renewable: false } };
  }

  #mode({ path }: BackendRequest): BackendReply | undefined {
    if (this.behind > 0) {
      this.behind -= 1;
      return errors(412, 'required index state not present');
    }
    switch (this.mode) {
      case 'active':
        return undefined;
      case 'sealed':
        return errors(503, 'Vault is sealed');
      case 'namespace sealed':
        return errors(503, 'namespace is sealed');
      case 'locked':
        return errors(503, 'API access to this namespace has been locked by an administrator');
      case 'standby':
        return { status: 307, headers: { location: `https://leader.example.com:8200${path}` } };
      case 'quota':
        return {
          ...errors(429, `request path "kv/data/jira": rate limit quota exceeded`),
          headers: { 'retry-after': '9' },
        };
      case 'secondary':
        return errors(472);
      case 'performance standby':
        return errors(473);
    }
  }
}
