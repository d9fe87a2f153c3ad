import { randomBytes } from 'node:crypto';
import { Failure } from './infisical-failure.js';

interface Known {
  readonly createdAt: number;
  renewedAt: number;
  uses: number;
}

/** Access tokens as Infisical keeps them: with a time, a longest time, and a number of uses. Seconds. */
export class FakeTokens {
  ttl = 3600;
  maxTtl = 7200;
  /** 0: any number. */
  usesLimit = 0;
  /** How a dead one is told: newer versions say 403 for a token that is none. */
  deadIs: 401 | 403 = 401;
  readonly #known = new Map<string, Known>();
  /** Every one that was ever given. */
  readonly given: string[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get alive(): number {
    return [...this.#known.values()].filter((token) => this.#holds(token)).length;
  }

  give(): object {
    const token = `eyJ${randomBytes(24).toString('base64url')}`;
    this.given.push(token);
    this.#known.set(token, { createdAt: this.#now(), renewedAt: this.#now(), uses: 0 });
    return this.#reply(token);
  }

  use(authorization: unknown): void {
    const token = /^Bearer (\S+)$/.exec(String(authorization))?.[1] ?? '';
    const known = this.#known.get(token);
    if (known === undefined || !this.#holds(known)) throw this.#dead();
    if (this.usesLimit > 0 && known.uses >= this.usesLimit) {
      this.#known.delete(token);
      throw new Failure(400, 'BadRequest', 'Unable to renew because access token number of uses limit reached');
    }
    known.uses += 1;
  }

  /** One whose renewal would lead past its end is deleted, and the renewal refused. */
  renew(token: string): object {
    const known = this.#known.get(token);
    if (known === undefined || !this.#holds(known)) throw this.#dead();
    if (this.maxTtl > 0 && this.#now() + this.ttl * 1000 > known.createdAt + this.maxTtl * 1000) {
      this.#known.delete(token);
      throw new Failure(401, 'Unauthorized', 'Failed to renew MI access token past its Max TTL expiration');
    }
    known.renewedAt = this.#now();
    return this.#reply(token);
  }

  revoke(token: string): object {
    if (!this.#known.delete(token)) throw new Failure(404, 'NotFound', 'Identity access token not found');
    return { message: 'Successfully revoked access token' };
  }

  /** Everything that was given is worthless now, as after a change of the identity. */
  revokeAll(): void {
    this.#known.clear();
  }

  #holds({ createdAt, renewedAt }: Known): boolean {
    const [now, longest] = [this.#now(), this.maxTtl === 0 ? Number.POSITIVE_INFINITY : createdAt + this.maxTtl * 1000];
    return now <= longest && (this.ttl === 0 || now <= renewedAt + this.ttl * 1000);
  }

  #dead(): Failure {
    return this.deadIs === 401
      ? new Failure(401, 'Unauthorized', 'You are not allowed to access this resource')
      : new Failure(403, 'TokenError', 'Your token has expired. Please re-authenticate.');
  }

  #reply(accessToken: string): object {
    return { accessToken, expiresIn: this.ttl, accessTokenMaxTTL: this.maxTtl, tokenType: 'Bearer' };
  }
}
