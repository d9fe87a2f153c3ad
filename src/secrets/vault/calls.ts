import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../core/clock.js';
import type { Sealed } from '../../core/sealed.js';
import type { HttpClient } from '../../net/client.js';
import { isForeign, jsonOf, membersOf, retryAfterOf } from '../answer.js';
import { VaultFailure } from './failure.js';
import { openNodeVault, type Ask, type Asked } from './node-vault.js';

/** One call: what differs from call to call. */
export interface Call extends Pick<Asked, 'method' | 'path' | 'body' | 'signal'> {
  readonly token?: Sealed | undefined;
  /** The client that it is for, where there is one. */
  readonly client?: string | undefined;
}

/** An answer of Vault, whatever its status. */
export interface Answered {
  readonly status: number;
  readonly isSuccess: boolean;
  /** Empty where there is none, as with 204. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly errors: readonly string[];
  readonly retryAfter: number | undefined;
  readonly id: string;
}

export interface CallsOptions {
  readonly http: HttpClient;
  /** What `http` asks: scheme, host, port, and the path before every path. */
  readonly address: string;
  readonly namespace: string | undefined;
  readonly clock: Clock;
}

/** Before each further try, milliseconds: nodes of a cluster catch up with each other (412) within moments. */
const catchingUp = [50, 200, 800];

/** Calls to one Vault, with the header fields that each of them has. */
export class VaultCalls {
  readonly origin: string;
  /** The whole of where it is, in one spelling: another path may lead to another server behind the same name. */
  readonly address: string;
  readonly namespace: string | undefined;
  /** All of this backend's `X-Correlation-Id`s begin with it; the login event has it, so that the two audit logs can be joined. */
  readonly instance = randomBytes(8).toString('hex');
  readonly #options: CallsOptions;
  #count = 0;
  #opening: Promise<Ask> | undefined;

  constructor(options: CallsOptions) {
    this.#options = options;
    this.origin = options.http.origin;
    this.address = canonical(options.address);
    this.namespace = options.namespace;
  }

  /** Rejects where there is no answer of Vault's (`ClientError`, `VaultFailure`) or nobody waits for it any more (the signal's reason). */
  async send(call: Call): Promise<Answered> {
    for (const wait of catchingUp) {
      const answered = await this.#once(call);
      if (answered.status !== 412) return answered;
      await pause(wait, undefined, { signal: call.signal });
    }
    return this.#once(call);
  }

  async #once({ method, path, body, token, client, signal }: Call): Promise<Answered> {
    const { http, namespace, clock } = this.#options;
    this.#count += 1;
    const id = `${this.instance}.${this.#count}`;
    this.#opening ??= openNodeVault(http);
    const ask = await this.#opening;
    const answer = await ask({
      method,
      path,
      body,
      token,
      signal,
      headers: {
        // A Vault Agent may insist on it, as what a browser was tricked into sending does not have it.
        'x-vault-request': 'true',
        'x-correlation-id': id,
        ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
        ...(client !== undefined && { 'x-agent-id': encodeURIComponent(client) }),
      },
    });
    const isSuccess = answer.status === 200 || answer.status === 204;
    const members = answer.status === 204 ? {} : membersOf(jsonOf(answer.text));
    if (isSuccess && members === undefined) {
      throw new VaultFailure(`${this.origin} answered with what is not a JSON object (request ${id})`, 'down');
    }
    if (isForeign(answer)) {
      const what = `answered with status ${answer.status} and nothing of Vault's: something else stands before it`;
      throw new VaultFailure(`${this.origin} ${what} (request ${id})`, 'down');
    }
    const { errors = [] } = members ?? {};
    return {
      status: answer.status,
      isSuccess,
      members: members ?? {},
      errors: Array.isArray(errors) ? errors.filter((error) => typeof error === 'string') : [],
      retryAfter: retryAfterOf(answer, clock.now()),
      id,
    };
  }
}

function canonical(address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + pathname.replace(/\/+$/, '');
}
