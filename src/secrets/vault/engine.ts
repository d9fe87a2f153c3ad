import type { Sealed } from '../../core/sealed.js';
import { membersOf, sealMembers } from '../answer.js';
import type { Fetched, HeldLease } from '../index.js';
import { valueVersion } from '../value-version.js';
import type { VaultBackend } from './backend.js';
import { thrown, VaultFailure } from './failure.js';
import type { HeldToken } from './held-token.js';
import type { SourceOptions } from './source-options.js';

interface Given {
  readonly members: Readonly<Record<string, unknown>>;
  readonly token: HeldToken;
  readonly options: SourceOptions;
  readonly isKv: boolean;
}

/** What an engine, or KV version 1, has handed out. */
export function fetchedFromEngine(backend: VaultBackend, name: string, given: Given): Fetched {
  const { members, isKv, options, token } = given;
  const leaseId = members['lease_id'];
  const hasLease = typeof leaseId === 'string' && leaseId !== '';
  // A lease without anything usable is refused by who holds it, and given back.
  const data = membersOf(members['data']) ?? (hasLease ? {} : undefined);
  if (data === undefined) throw new VaultFailure(`${options.path} answered without data`, 'missing');
  const fields = isKv ? sealMembers(name, data) : withSessionToken(sealMembers(name, data));
  const version = versionOf(data);
  if (hasLease) {
    const duration = secondsIn(members['lease_duration']) ?? options.max_stale;
    const expiresAt = Math.min(backend.clock.now() + duration, token.expiresAt);
    const isRenewable = members['renewable'] === true;
    return { fields, version, expiresAt, lease: leaseOf(backend, name, { id: leaseId, duration, isRenewable, token }) };
  }
  return { fields, version, ...staticLife(backend.clock.now(), given, data) };
}

/** How long what has no lease is used. What is in KV is the user's: a `ttl` there is a hint of when to look again, as Vault has it. */
function staticLife(
  now: number,
  { members, isKv, options: { refresh, max_stale } }: Given,
  data: Readonly<Record<string, unknown>>,
): Pick<Fetched, 'refreshAt' | 'expiresAt'> {
  if (isKv) {
    const refreshAt = now + Math.min(refresh, secondsIn(members['lease_duration']) ?? refresh);
    return { refreshAt, expiresAt: now + Math.max(refresh, max_stale) };
  }
  const ends = countdownIn(data['ttl']) ?? countdownIn(data['token_ttl']);
  const at = secondsIn(data['expires_at_seconds']) ?? timeIn(data['expiration']) ?? timeIn(data['expires_at']);
  const end = ends === undefined ? at : now + ends;
  // What ends at a known time is used until then; a static account gets its next password there.
  if (end !== undefined) return { expiresAt: end, refreshAt: Math.min(now + refresh, now + ((end - now) * 2) / 3) };
  return { refreshAt: now + refresh, expiresAt: now + Math.max(refresh, max_stale) };
}

interface Lease {
  readonly id: string;
  readonly duration: number;
  readonly isRenewable: boolean;
  readonly token: HeldToken;
}

/**
 * A lease ends with the token that it was made with, so it is never said to last longer. `sync`: Vault answers when the credential is gone
 * where it was made, and says so if that fails.
 */
function leaseOf(
  { session, clock }: VaultBackend,
  name: string,
  { id, duration, isRenewable, token }: Lease,
): HeldLease {
  const call = async (
    verb: 'renew' | 'revoke',
    body: object,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const path = `sys/leases/${verb}`;
    try {
      const answered = await session.askWith(token, { method: 'POST', path, body: { lease_id: id, ...body }, signal });
      if (!answered.isSuccess) throw session.failure(answered, path);
      return answered.members;
    } catch (error) {
      throw thrown(name, error, signal);
    }
  };
  const renew = async (signal: AbortSignal): Promise<{ expiresAt: number }> => {
    const now = clock.now();
    const members = await call('renew', { increment: Math.ceil(duration / 1000) }, signal);
    return { expiresAt: Math.min(now + (secondsIn(members['lease_duration']) ?? 0), token.expiresAt) };
  };
  const revoke = async (signal: AbortSignal): Promise<void> => {
    await call('revoke', { sync: true }, signal);
  };
  return { id, revoke, ...(isRenewable && { renew }) };
}

/** Older versions of the AWS engine, and OpenBao's, call it otherwise. */
function withSessionToken(fields: Readonly<Record<string, Sealed>>): Readonly<Record<string, Sealed>> {
  const { security_token, ...rest } = fields;
  return security_token === undefined ? fields : { session_token: security_token, ...rest };
}

/** What counts down says nothing about the value. */
function versionOf(data: Readonly<Record<string, unknown>>): string {
  const lasting = Object.entries(data).filter(([key]) => key !== 'ttl' && key !== 'token_ttl');
  return valueVersion(JSON.stringify(lasting));
}

/** Milliseconds, at least a second: what ends in this moment is asked for again in the next. */
function countdownIn(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? Math.max(value * 1000, 1000) : undefined;
}

/** Milliseconds. */
function secondsIn(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value * 1000 : undefined;
}

/** Since the epoch, where it is given in seconds (pki) or as a date. */
function timeIn(value: unknown): number | undefined {
  if (typeof value === 'number') return secondsIn(value);
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
