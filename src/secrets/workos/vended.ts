import type { Sealed } from '../../core/sealed.js';
import { membersOf } from '../answer.js';
import { seal } from '../seal.js';
import { unavailable } from '../unavailable.js';

/** What WorkOS hands out of a connected account. */
export interface Vended {
  readonly value: Sealed;
  /** Milliseconds since the epoch; undefined where it does not end by itself. */
  readonly expiresAt: number | undefined;
}

export interface VendedTerms {
  readonly name: string;
  readonly integration: string;
  /** The answers of `/token` and of `/credentials` have their own member for it, and their own for the value in it. */
  readonly endpoint: 'token' | 'credentials';
  /** What the user has to have granted. */
  readonly scopes: readonly string[];
}

const members = {
  token: { object: 'access_token', value: 'access_token' },
  credentials: { object: 'credential', value: 'value' },
} as const;

const inactive: Readonly<Record<string, string>> = {
  not_installed: 'has not connected an account',
  needs_reauthorization: 'has to authorize the connected account again',
};

/** Reads an answer of Pipes. Throws `secret_unavailable`: denied where the user has to do something. */
export function readVended(terms: VendedTerms, answer: Readonly<Record<string, unknown>>): Vended {
  const { name, integration, endpoint, scopes } = terms;
  if (answer['active'] === false) {
    const error = answer['error'];
    const known = typeof error === 'string' && Object.hasOwn(inactive, error) ? inactive[error] : undefined;
    const why = known ?? 'has no account that can be used';
    throw unavailable(name, `the user ${why} for the integration ${integration}`, 'denied');
  }
  const shape = members[endpoint];
  const vended = membersOf(answer[shape.object]);
  const value = vended?.[shape.value];
  if (answer['active'] !== true || vended === undefined || typeof value !== 'string' || value === '') {
    throw unavailable(name, `WorkOS answered with no credential for the integration ${integration}`);
  }
  const absent = scopes.filter((scope) => !isGranted(scope, vended));
  if (absent.length > 0) {
    const which = absent.join(', ');
    throw unavailable(name, `the user has not granted ${which} to the integration ${integration}`, 'denied');
  }
  return { value: seal(name, value), expiresAt: expiryIn(name, integration, vended['expires_at']) };
}

/** Both lists have to agree: one that is not there grants nothing. */
function isGranted(scope: string, { scopes, missing_scopes: missing }: Readonly<Record<string, unknown>>): boolean {
  const isMissing = Array.isArray(missing) && missing.includes(scope);
  return Array.isArray(scopes) && scopes.includes(scope) && !isMissing;
}

function expiryIn(name: string, integration: string, value: unknown): number | undefined {
  if (value === null || value === undefined) return undefined;
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw unavailable(name, `WorkOS gave a credential of ${integration} an end that is no time`);
  return time;
}
