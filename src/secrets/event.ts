import type { Reason } from '../core/reason.js';

export const secretEvents = [
  'fetched',
  'renewed',
  'rotated',
  'revoked',
  'unrevoked',
  'stale',
  'failed',
  'login',
  'login_failed',
] as const;

/**
 * What happened to a secret, for the audit log. It cannot hold a value: names, versions, leases and our own words are all it has.
 *
 * `fetched`, `renewed`: as said. `rotated`: fetched, and another version than before. `revoked`: given back to its source.
 * `unrevoked`: that failed, and its values are good until it expires. `stale`: its source fails, and what it gave before is still used.
 * `failed`: it could not be had. `login`: a backend let us in. `login_failed`: it did not.
 */
export interface SecretEvent {
  readonly event: (typeof secretEvents)[number];
  /** Absent where it is the backend's own login. */
  readonly secret?: string;
  /** The kind of the source, or the backend's name for its login. */
  readonly backend: string;
  readonly version?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly lease?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number | undefined;
  readonly reason?: Reason | undefined;
}

export type OnSecretEvent = (event: SecretEvent) => void;
