import { randomBytes } from 'node:crypto';
import { everything, type FakePolicy } from './vault-policy.js';

export interface FakeToken {
  readonly id: string;
  readonly policy: FakePolicy;
  readonly type: 'service' | 'batch';
  readonly ttl: number;
  readonly lastsAtMost: number;
  readonly renewable: boolean;
  expiresAt: number;
  usesLeft: number;
  revoked: boolean;
}

/** What a role gives its tokens. Times in seconds. */
export interface TokenTerms {
  readonly ttl?: number;
  readonly maxTtl?: number;
  readonly numUses?: number;
  readonly renewable?: boolean;
  readonly type?: 'service' | 'batch';
  readonly policy?: FakePolicy;
}

export interface Wrapping {
  readonly creationPath: string;
  readonly data: object;
  readonly expiresAt: number;
}

/** The store of tokens and of what was wrapped, on a clock of the test's. */
export class FakeTokens {
  readonly all = new Map<string, FakeToken>();
  readonly wrapped = new Map<string, Wrapping>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  create({
    ttl = 3600,
    maxTtl = 768 * 3600,
    numUses = 0,
    renewable = true,
    type = 'service',
    policy = everything,
  }: TokenTerms = {}): FakeToken {
    const id = `${type === 'batch' ? 'hvb' : 'hvs'}.${randomBytes(24).toString('base64url')}`;
    const now = this.#now();
    const token: FakeToken = {
      id,
      policy,
      type,
      ttl,
      lastsAtMost: now + maxTtl * 1000,
      renewable: renewable && type === 'service' && ttl > 0,
      expiresAt: ttl === 0 ? Number.POSITIVE_INFINITY : now + Math.min(ttl, maxTtl) * 1000,
      usesLeft: numUses === 0 ? Number.POSITIVE_INFINITY : numUses,
      revoked: false,
    };
    this.all.set(id, token);
    return token;
  }

  isAlive(token: FakeToken): boolean {
    return !token.revoked && token.usesLeft >= 0 && this.#now() < token.expiresAt;
  }

  /** The token of a request, one use of it spent. */
  use(id: string): FakeToken | undefined {
    const token = this.all.get(id);
    if (token === undefined || !this.isAlive(token)) return undefined;
    token.usesLeft -= 1;
    return token.usesLeft < 0 ? undefined : token;
  }

  leftOf(token: FakeToken): number {
    return token.expiresAt === Number.POSITIVE_INFINITY ? 0 : Math.floor((token.expiresAt - this.#now()) / 1000);
  }

  renew(token: FakeToken): void {
    token.expiresAt = Math.min(this.#now() + token.ttl * 1000, token.lastsAtMost);
  }

  authOf(token: FakeToken, metadata: object = {}): object {
    return {
      client_token: token.id,
      accessor: token.type === 'batch' ? '' : randomBytes(12).toString('base64url'),
      policies: ['default'],
      token_policies: ['default'],
      metadata,
      lease_duration: this.leftOf(token),
      renewable: token.renewable,
      entity_id: '',
      token_type: token.type,
      orphan: true,
      num_uses: 0,
    };
  }

  wrap(creationPath: string, data: object, seconds = 300): string {
    const id = `hvs.${randomBytes(24).toString('base64url')}`;
    this.wrapped.set(id, { creationPath, data, expiresAt: this.#now() + seconds * 1000 });
    return id;
  }

  wrapping(id: string): Wrapping | undefined {
    const wrapping = this.wrapped.get(id);
    return wrapping !== undefined && this.#now() < wrapping.expiresAt ? wrapping : undefined;
  }
}
