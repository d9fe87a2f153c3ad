import { randomBytes, randomUUID } from 'node:crypto';
import { Failure, malformed } from './infisical-failure.js';

interface Lease {
  readonly id: string;
  readonly createdAt: number;
  expireAt: number;
  status: string | null;
  statusDetails: string | null;
}

type Members = Readonly<Record<string, unknown>>;

/** Dynamic secrets as Infisical has them: one, `reporting`, in the folder `/db` of `prod` in the project `acme`. */
export class FakeLeases {
  defaultTtl = '1h';
  maxTtl: string | null = '3h';
  hasPlan = true;
  mostLeases = 10_000;
  /** The database does not answer when a lease is to end. */
  cannotRevoke = false;
  /** What is told of a lease beside its ID and status. */
  data: () => unknown = () => ({
    DB_USERNAME: `v-${randomBytes(8).toString('hex')}`,
    DB_PASSWORD: randomBytes(24).toString('base64url'),
  });
  readonly held = new Map<string, Lease>();
  created = 0;
  readonly passwords: string[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  create(body: Members): object {
    const { dynamicSecretName, ttl, ...place } = only(body, ['dynamicSecretName', 'ttl'], ['ttl']);
    const lifetime = milliseconds(ttl ?? this.defaultTtl);
    if (!this.hasPlan) {
      const why = 'Failed to create lease due to plan restriction. Upgrade plan to create dynamic secret.';
      throw new Failure(400, 'BadRequest', why);
    }
    checkFolder(place);
    if (dynamicSecretName !== 'reporting') {
      throw new Failure(404, 'NotFound', "Dynamic secret with name 'x' in folder with path '/db' not found");
    }
    if (this.held.size >= this.mostLeases) throw new Failure(400, 'BadRequest', 'Max lease limit reached. Limit: 1');
    if (this.maxTtl !== null && lifetime > milliseconds(this.maxTtl)) {
      throw new Failure(400, 'BadRequest', 'TTL cannot be larger than max TTL');
    }
    const now = this.#now();
    const lease = { id: randomUUID(), createdAt: now, expireAt: now + lifetime, status: null, statusDetails: null };
    this.held.set(lease.id, lease);
    this.created += 1;
    const data = this.data();
    this.passwords.push(...Object.values(data ?? {}).map(String));
    const dynamicSecret = { name: 'reporting', defaultTTL: this.defaultTtl, maxTTL: this.maxTtl };
    return { lease: told(lease), dynamicSecret, data };
  }

  renew(id: string, body: Members): object {
    const { ttl, ...place } = only(body, ['ttl'], ['ttl']);
    checkFolder(place);
    const lease = this.#lease(id);
    const expireAt = lease.expireAt + milliseconds(ttl ?? this.defaultTtl);
    if (this.maxTtl !== null && expireAt > lease.createdAt + milliseconds(this.maxTtl)) {
      throw new Failure(400, 'BadRequest', 'TTL cannot be larger than max ttl');
    }
    lease.expireAt = expireAt;
    return { lease: told(lease) };
  }

  revoke(id: string, body: Members): object {
    const { isForced, ...place } = only(body, ['isForced'], []);
    if (typeof isForced !== 'boolean') throw malformed('isForced');
    checkFolder(place);
    const lease = this.#lease(id);
    if (this.cannotRevoke) {
      lease.status = 'Failed to delete';
      lease.statusDetails = `connection refused for ${this.passwords.at(-1) ?? ''}`;
      return { lease: told(lease) };
    }
    this.held.delete(id);
    return { lease: told(lease) };
  }

  #lease(id: string): Lease {
    const lease = this.held.get(id);
    if (lease === undefined || this.#now() > lease.expireAt) {
      throw new Failure(404, 'NotFound', `Dynamic secret lease with ID '${id}' not found`);
    }
    return lease;
  }
}

function told({ id, createdAt, expireAt, status, statusDetails }: Lease): object {
  const [from, until] = [new Date(createdAt).toISOString(), new Date(expireAt).toISOString()];
  const rest = { version: 1, externalEntityId: 'u1', dynamicSecretId: randomUUID() };
  return { id, createdAt: from, updatedAt: from, expireAt: until, status, statusDetails, ...rest };
}

/** The members of where it is, beside those named, and nothing else. */
function only(body: Members, names: readonly string[], optional: readonly string[]): Members {
  const known = ['projectSlug', 'environmentSlug', 'path', ...names];
  const wrong = [
    ...Object.keys(body).filter((name) => !known.includes(name)),
    ...known.filter((name) => !optional.includes(name) && !(name in body)),
  ];
  if (wrong.length > 0) throw malformed(...wrong);
  return body;
}

function checkFolder({ projectSlug, environmentSlug, path }: Members): void {
  if (projectSlug !== 'acme')
    throw new Failure(404, 'NotFound', `Project with slug '${String(projectSlug)}' not found`);
  if (environmentSlug !== 'prod' || path !== '/db') {
    throw new Failure(404, 'NotFound', `Folder with path '${String(path)}' in environment with slug 'x' not found`);
  }
}

function milliseconds(ttl: unknown): number {
  const [, count = '', unit = ''] = /^(\d+)([smh])$/.exec(String(ttl)) ?? [];
  const time = Number(count) * { s: 1000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h'];
  if (!(time >= 60_000)) throw malformed('ttl');
  return time;
}
