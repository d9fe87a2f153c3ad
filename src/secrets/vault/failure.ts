import { asUnavailable } from '../answer.js';
import { Unavailability, type FailureKind } from '../unavailable.js';

/** Why Vault did not give what it was asked for: in our words. Of its own words only those that are known are translated. */
export class VaultFailure extends Unavailability {}

/** Whatever came of asking, as what a source throws. Aborted by whoever asked: their reason. */
export function thrown(name: string, error: unknown, signal?: AbortSignal): unknown {
  return signal?.aborted === true ? signal.reason : asUnavailable(name, error);
}

/** What an answer that is no success comes to. */
export interface Refused {
  readonly status: number;
  /** Vault's sentences. They may repeat what was sent, or what a database said: they are searched, and never shown. */
  readonly errors: readonly string[];
  readonly retryAfter: number | undefined;
  /** Our `X-Correlation-Id`, by which Vault's audit log has it. */
  readonly id: string;
}

/** `place` is the path that was asked, `origin` the server. */
export function failureOf(refused: Refused, origin: string, place: string): VaultFailure {
  const { kind, why } = meaningOf(refused);
  return new VaultFailure(`${origin} ${why} (${place}, request ${refused.id})`, kind, refused.retryAfter);
}

/** The same for a login: what it says no to is a login that is not tried again soon, as Vault locks out who tries often. */
export function loginFailureOf(refused: Refused, origin: string, place: string): VaultFailure {
  const { kind, why } = meaningOf(refused);
  const isRefused = kind === 'denied' || kind === 'missing';
  const about = `(${place}, request ${refused.id})`;
  const message = isRefused ? `${origin} refused the login: it ${loginWords(refused) ?? why} ${about}` : undefined;
  return new VaultFailure(message ?? `${origin} ${why} ${about}`, isRefused ? 'login' : kind, refused.retryAfter);
}

interface Meaning {
  readonly kind: FailureKind;
  readonly why: string;
}

const byStatus: Readonly<Record<number, Meaning>> = {
  400: { kind: 'denied', why: 'refused the request as malformed' },
  403: { kind: 'denied', why: 'does not permit it: the policies of the token do not cover it' },
  404: { kind: 'missing', why: 'has nothing there' },
  405: {
    kind: 'denied',
    why: 'does not allow this operation there: an engine that has to be written to needs method: write',
  },
  412: { kind: 'down', why: 'has not caught up with its other nodes yet' },
  413: { kind: 'denied', why: 'finds the request too large' },
  429: { kind: 'throttled', why: 'has a quota that is used up' },
  472: { kind: 'down', why: 'is a secondary for disaster recovery: use the address of the primary cluster' },
  473: { kind: 'down', why: 'is a performance standby: use the address of the cluster' },
  501: { kind: 'down', why: 'is not initialised' },
  502: { kind: 'down', why: 'could not reach the system that it makes the credential at' },
  503: { kind: 'down', why: 'is not in service' },
};

const standby: Meaning = {
  kind: 'down',
  why: 'is a standby that does not forward requests: use the address of the cluster, or turn request forwarding on; its redirect is not followed',
};

/** Sentences of `sdk/logical` and of the engines that say more than their status does. */
const sentences: readonly (readonly [number, RegExp, Meaning])[] = [
  [400, /unknown role|role .* could not be found|entry .* not found/i, { kind: 'missing', why: 'knows no such role' }],
  [400, /lease (?:not found|expired)|invalid lease/i, { kind: 'missing', why: 'has no such lease any more' }],
  [400, /lease is not renewable/i, { kind: 'denied', why: 'does not renew this lease' }],
  [404, /no handler for route/i, { kind: 'missing', why: 'has no engine mounted there' }],
  [429, /lease count quota/i, { kind: 'throttled', why: 'has as many leases as its quota allows' }],
  [429, /rate limit quota/i, { kind: 'throttled', why: 'has a rate limit that is reached' }],
  [503, /namespace is sealed/i, { kind: 'down', why: 'has sealed this namespace' }],
  [503, /sealed/i, { kind: 'down', why: 'is sealed: somebody has to unseal it' }],
  [503, /has been locked/i, { kind: 'down', why: 'has this namespace locked by an administrator' }],
];

function meaningOf({ status, errors }: Refused): Meaning {
  const said = sentences.find(([of, pattern]) => of === status && errors.some((error) => pattern.test(error)));
  if (said !== undefined) return said[2];
  if (status >= 300 && status < 400) return standby;
  if (status >= 400 && status < 500) return byStatus[status] ?? { kind: 'denied', why: `answered with ${status}` };
  return byStatus[status] ?? { kind: 'down', why: `answered with ${status}` };
}

const loginSentences: readonly (readonly [RegExp, string])[] = [
  [
    /invalid role or secret ID/i,
    'does not take this role id with this secret id, which may have expired or been used up',
  ],
  [/invalid (?:role|secret) ?id/i, 'does not know the role id or the secret id'],
  [/service account name not authorized/i, 'does not let this service account use the role'],
  [/namespace not authorized/i, 'does not let service accounts of this Kubernetes namespace use the role'],
  [
    /error validating (?:token|claims)/i,
    'does not take the token: its signature, its time or its claims do not fit the role',
  ],
  [/role .* could not be found|missing role|invalid role name/i, 'knows no such role'],
  [/invalid certificate|no client certificate/i, 'does not take the client certificate'],
  [/permission denied/i, 'does not permit it, or has locked this identity out for a while'],
];

function loginWords({ status, errors }: Refused): string | undefined {
  if (status === 404) return 'has no such auth method: mount, or the namespace, is another';
  if (status !== 400 && status !== 403) return undefined;
  return loginSentences.find(([pattern]) => errors.some((error) => pattern.test(error)))?.[1];
}
