import { randomUUID } from 'node:crypto';
import type { RequestFields, UsedSecret } from '../audit/index.js';
import type { Caller, RequestHead, Target } from '../core/message.js';
import { errorCode } from '../core/error-code.js';
import { Reason } from '../core/reason.js';
import { toRefusal, type Refusal } from '../core/refusal.js';
import type { Injection } from '../inject/index.js';
import type { Route } from '../net/vet.js';
import type { Grant } from '../policy/decide.js';
import type { Credential } from '../secrets/index.js';
import type { Counted } from './answer.js';
import type { Tunnel } from './passage.js';
import type { Alarm, Plan, Services } from './services.js';

/** What is known of a request so far; filled in as the steps find it out. */
export interface Known {
  method: string;
  /** As it may be shown. */
  path?: string;
  target?: Target;
  caller?: Caller;
}

const none: Counted = { bytesIn: 0, bytesOut: 0, masked: 0 };

/**
 * The records of one request: one `use` and one `end` where it was allowed, one `refused` where it was not,
 * and a count only where nobody knows who asked. The order of the steps decides which; this keeps it to exactly one.
 */
export class Trail {
  /** Of its records, and for the caller. */
  id: string = randomUUID();
  readonly known: Known;
  readonly #services: Services;
  readonly #clientAddress: string;
  readonly #started: number;
  #used: number | undefined;

  constructor(services: Services, clientAddress: string, method: string) {
    this.#services = services;
    this.#clientAddress = clientAddress;
    this.#started = services.clock.elapsed();
    this.known = { method };
  }

  knowTunnel({ caller, scheme, authority }: Tunnel): void {
    this.known.caller = caller;
    this.known.target = { scheme, authority };
  }

  knowRequest({ path }: RequestHead, target: Target): void {
    this.known.path = this.#services.showPath(target.authority, path);
    this.known.target = target;
  }

  /**
   * Resolves once it is written, before the credential goes on the request; rejects with `audit_unavailable`. Without a route it is
   * Keywright that answers, with a placeholder for what is named.
   */
  async use(
    grant: Grant<Plan>,
    route: Route | undefined,
    injections: readonly Injection[],
    credentials: Iterable<Credential>,
  ): Promise<void> {
    const { client, subject, client_address, method, scheme, host, port, path } = this.#fields();
    await this.#services.audit.use(this.id, {
      client,
      subject,
      client_address,
      method,
      scheme,
      host,
      port,
      path,
      policy: grant.policy,
      policy_rev: this.#services.policyRevision,
      decision: route === undefined ? 'answer' : grant.action,
      secrets: usedSecrets(credentials),
      injected: injections.map(({ place }) => place),
      upstream_address: route?.addresses[0]?.address ?? '',
      vetting: route?.vetting ?? 'nothing sent',
    });
    this.#used = this.#services.clock.elapsed();
  }

  /** The destination refused the credential, and the request is sent once more with another: that is a use of its own. */
  async renewed(status: number | undefined, ...use: Parameters<Trail['use']>): Promise<void> {
    this.#end('credential_refused', status, none);
    this.#used = undefined;
    this.id = randomUUID();
    await this.use(...use);
  }

  /** The status of the answer, where there was one. */
  ended(status: number | undefined, counts: Counted): void {
    this.#end('ok', status, counts);
  }

  /** The request failed: after `use` this is its end, before it a refusal. Returns what to tell the caller. */
  failed(error: unknown, counts = none): Refusal {
    const refusal = toRefusal(error);
    const { audit, report } = this.#services;
    // It may stand in the path.
    if (refusal.code === 'placeholder_misplaced') this.known.path = '[holds a placeholder]';
    const fields = this.#fields();
    const reason = reasonOf(refusal);
    report(Object.assign({ id: this.id, refusal, reason }, fields));
    if (refusal.code === 'placeholder_misplaced') this.#alarm('placeholder_misplaced');
    if (this.#used !== undefined) this.#end(refusal.code, undefined, counts);
    else if (this.known.caller === undefined) audit.noise(refusal.code, this.#clientAddress);
    else audit.refused(this.id, Object.assign(fields, { code: refusal.code, reason }));
    return refusal;
  }

  #end(code: string, status: number | undefined, { bytesIn, bytesOut, masked }: Counted): void {
    const now = this.#services.clock.elapsed();
    if (masked > 0) this.#alarm('credential_echoed', { occurrences: masked });
    this.#services.audit.end(this.id, {
      code,
      status,
      bytes_in: bytesIn,
      bytes_out: bytesOut,
      duration_ms: round(now - this.#started),
      upstream_ms: round(now - (this.#used ?? now)),
      masked,
    });
  }

  #alarm(kind: Alarm['kind'], more: Pick<Alarm, 'occurrences'> = {}): void {
    const { client, method, host, port } = this.#fields();
    this.#services.alarm({ id: this.id, kind, client, method, host, port, ...more });
  }

  /** Written out: this runs for each request, and spreading objects into one another costs more than all of it. */
  #fields(): RequestFields & { path: string } {
    const { caller, method, path = '', target } = this.known;
    const query = path.indexOf('?');
    return {
      client: caller?.client,
      subject: caller?.subject,
      client_address: this.#clientAddress,
      method,
      scheme: target?.scheme ?? '',
      host: target?.authority.host ?? '',
      port: target?.authority.port ?? 0,
      path: query === -1 ? path : path.slice(0, query),
    };
  }
}

function usedSecrets(credentials: Iterable<Credential>): readonly UsedSecret[] {
  const used: UsedSecret[] = [];
  for (const { name, backend, version, fingerprint, lease } of credentials)
    used.push({ name, backend, version, lease, fingerprint });
  return used;
}

/** Our own words, or the code of the cause; never another text: it may repeat what a caller or destination sent. */
function reasonOf({ cause }: Refusal): string | undefined {
  if (cause instanceof Reason) return cause.message;
  return errorCode(cause) ?? (cause instanceof Error ? cause.name : undefined);
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
