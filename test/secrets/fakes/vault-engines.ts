import { randomBytes } from 'node:crypto';
import type { BackendReply } from '../backend-server.js';
import type { FakeToken, FakeTokens } from './vault-tokens.js';

export interface FakeLease {
  readonly id: string;
  readonly token: FakeToken;
  readonly lastsAtMost: number;
  readonly renewable: boolean;
  readonly ttl: number;
  expiresAt: number;
  revoked: boolean;
}

export interface FakeVersion {
  readonly data: object;
  readonly created: number;
  deleted?: boolean;
  destroyed?: boolean;
}

export function errors(status: number, ...texts: string[]): BackendReply {
  return { status, body: { errors: texts } };
}

export function random(): string {
  return randomBytes(18).toString('base64url');
}

/** Secrets engines: KV in both versions, and those that make credentials. */
export class FakeEngines {
  readonly kv1 = new Map<string, object>();
  readonly kv2 = new Map<string, FakeVersion[]>();
  readonly leases = new Map<string, FakeLease>();
  /** Seconds. */
  leaseTtl = 600;
  leaseMaxTtl = 3600;
  /** As OpenBao and older versions name it. */
  sessionTokenName: 'session_token' | 'security_token' = 'session_token';
  /** What the database was told to do fails. */
  revocationFails = false;
  readonly mounts = [
    { path: 'old/', type: 'kv', options: { version: '1' } },
    { path: 'kv/', type: 'kv', options: { version: '2' } },
    { path: 'team/kv/', type: 'kv', options: { version: '2' } },
    { path: 'database/', type: 'database', options: null },
    { path: 'aws/', type: 'aws', options: null },
    { path: 'gcp/', type: 'gcp', options: null },
    { path: 'pki/', type: 'pki', options: {} },
  ];
  readonly #tokens: FakeTokens;
  readonly #now: () => number;

  constructor(tokens: FakeTokens, now: () => number) {
    this.#tokens = tokens;
    this.#now = now;
  }

  isAlive(lease: FakeLease): boolean {
    return !lease.revoked && this.#now() < lease.expiresAt && this.#tokens.isAlive(lease.token);
  }

  write(path: string, data: object): void {
    this.kv2.set(path, [...(this.kv2.get(path) ?? []), { data, created: this.#now() }]);
  }

  answer(
    token: FakeToken,
    method: string,
    path: string,
    query: URLSearchParams,
    body: Record<string, unknown>,
  ): BackendReply {
    const mount = this.mounts.find((one) => path.startsWith(one.path));
    if (mount === undefined) return errors(404, `no handler for route "${path}"`);
    const rest = path.slice(mount.path.length);
    if (mount.type === 'kv') {
      if (method !== 'GET') return errors(405, 'unsupported operation');
      return mount.options?.version === '2' ? this.#readV2(mount.path, rest, query) : this.#readV1(rest);
    }
    const [engine, role = '', ...more] = rest.split('/');
    switch (`${mount.path}${engine ?? ''}`) {
      case 'database/creds':
        if (method !== 'GET') return errors(405, 'unsupported operation');
        if (role === 'unknown') return errors(400, `unknown role: ${role}`);
        return this.#leased(token, path, { username: `v-${random()}`, password: random() }, true);
      case 'database/static-creds':
        return plain({ username: 'reader-static', password: 'fixed-password-0', ttl: 120, rotation_period: 86_400 });
      case 'aws/sts': {
        const asked = body['role_session_name'] ?? query.get('role_session_name');
        const sessionName = typeof asked === 'string' ? asked : '';
        if (sessionName.length > 64) return errors(400, 'role_session_name is too long');
        const data = {
          access_key: `ASIA${random()}`,
          secret_key: random(),
          [this.sessionTokenName]: random(),
          arn: sessionName || null,
        };
        return this.#leased(token, path, data, false);
      }
      case 'gcp/roleset': {
        if (more[0] !== 'token') return errors(404);
        const ends = Math.floor(this.#now() / 1000) + 1800;
        return plain({ token: `ya29.${random()}`, expires_at_seconds: ends, token_ttl: 1800 });
      }
      case 'pki/issue':
        if (method !== 'POST') return errors(405, 'unsupported operation');
        if (typeof body['common_name'] !== 'string') return errors(400, 'the common_name field is required');
        return plain({
          certificate: `CERT ${random()}`,
          private_key: `KEY ${random()}`,
          expiration: Math.floor(this.#now() / 1000) + 900,
          ca_chain: ['x'],
        });
      default:
        return errors(404, `unsupported path`);
    }
  }

  renew({ lease_id, increment }: Record<string, unknown>): BackendReply {
    const lease = typeof lease_id === 'string' ? this.leases.get(lease_id) : undefined;
    if (lease === undefined || !this.isAlive(lease)) return errors(400, 'lease not found');
    if (!lease.renewable) return errors(400, 'lease is not renewable');
    if (typeof increment !== 'number') return errors(400, 'increment must be seconds');
    lease.expiresAt = Math.min(this.#now() + increment * 1000, lease.lastsAtMost);
    const lease_duration = Math.floor((lease.expiresAt - this.#now()) / 1000);
    return { status: 200, body: { lease_id, renewable: true, lease_duration, data: null } };
  }

  revoke({ lease_id, sync }: Record<string, unknown>): BackendReply {
    const lease = typeof lease_id === 'string' ? this.leases.get(lease_id) : undefined;
    if (lease === undefined) return errors(400, 'invalid lease');
    if (this.revocationFails && sync === true) return errors(500, `failed to revoke entry: dial tcp: secret-dsn`);
    lease.revoked = true;
    return { status: 204 };
  }

  #leased(token: FakeToken, path: string, data: object, renewable: boolean): BackendReply {
    const id = `${path}/${random()}`;
    const now = this.#now();
    const ttl = this.leaseTtl;
    this.leases.set(id, {
      id,
      token,
      renewable,
      ttl,
      expiresAt: now + ttl * 1000,
      lastsAtMost: now + this.leaseMaxTtl * 1000,
      revoked: false,
    });
    return {
      status: 200,
      body: { request_id: random(), lease_id: id, renewable, lease_duration: ttl, data, warnings: null },
    };
  }

  #readV1(rest: string): BackendReply {
    const data = this.kv1.get(rest);
    if (data === undefined) return errors(404);
    return {
      status: 200,
      body: { request_id: random(), lease_id: '', renewable: false, lease_duration: 2_764_800, data },
    };
  }

  #readV2(mount: string, rest: string, query: URLSearchParams): BackendReply {
    if (!rest.startsWith('data/')) {
      const warning = `Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use.`;
      return { status: 404, body: { request_id: random(), data: null, warnings: [warning] } };
    }
    const versions = this.kv2.get(`${mount}${rest.slice('data/'.length)}`);
    const number = Number(query.get('version') ?? versions?.length ?? 0);
    const version = versions?.[number - 1];
    if (version === undefined) return errors(404);
    const isGone = version.deleted === true || version.destroyed === true;
    const metadata = {
      version: number,
      created_time: new Date(version.created).toISOString().replace('Z', '000000Z'),
      deletion_time: version.deleted === true ? new Date(version.created + 1000).toISOString() : '',
      destroyed: version.destroyed === true,
      custom_metadata: null,
    };
    const data = { data: isGone ? null : version.data, metadata };
    return {
      status: isGone ? 404 : 200,
      body: { request_id: random(), lease_id: '', renewable: false, lease_duration: 0, data },
    };
  }
}

function plain(data: object): BackendReply {
  return {
    status: 200,
    body: { request_id: random(), lease_id: '', renewable: false, lease_duration: 0, data, warnings: null },
  };
}
