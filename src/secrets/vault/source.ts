import { membersOf, sealMembers } from '../answer.js';
import { defineSourceOf } from '../backend.js';
import type { FetchContext, Fetched, Source } from '../index.js';
import { valueVersion } from '../value-version.js';
import type { VaultBackend } from './backend.js';
import type { Answered } from './calls.js';
import { thrown, VaultFailure } from './failure.js';
import { fetchedFromEngine } from './engine.js';
import { isMisread, readingOf, type Reading } from './reading.js';
import { sourceOptions, sourceRules, type SourceOptions } from './source-options.js';
import type { HeldToken } from './held-token.js';

/** One path of a Vault: a secret of KV, or a credential that an engine makes. */
export const vaultSource = defineSourceOf<VaultBackend>()({
  kind: 'vault',
  summary:
    'A path of a Vault or OpenBao: KV version 1 or 2, or any engine that hands out credentials. Its leases are renewed and revoked.',
  options: sourceOptions,
  rules: sourceRules,
  make: (options, { name, backend }): Source => ({
    async fetch(context) {
      try {
        return await fetchFrom(backend, name, options, context);
      } catch (error) {
        throw thrown(name, error, context.signal);
      }
    },
  }),
});

async function fetchFrom(
  backend: VaultBackend,
  name: string,
  options: SourceOptions,
  context: FetchContext,
): Promise<Fetched> {
  const { session, mounts } = backend;
  const { reading, mount } = await readingOf(mounts, options, context);
  // Before anything is asked for: a credential that nobody takes would be left behind.
  if (options.version !== undefined && (reading.engine === 'kv1' || reading.engine === 'other')) {
    throw new VaultFailure(`${options.path} has no versions: it is not of KV version 2`, 'missing');
  }
  const { client } = context.caller;
  const ask = async (read: Reading): Promise<{ read: Reading; answered: Answered; token: HeldToken }> => {
    const { method, target: path, body } = read;
    return { read, ...(await session.ask({ method, path, body, client }, context)) };
  };
  let asked = await ask(reading);
  if (reading.otherwise !== undefined && isMisread(asked.answered)) asked = await ask(reading.otherwise);
  const { read, answered, token } = asked;
  if (answered.isSuccess) {
    const { members } = answered;
    const kv2 = read.engine === 'other' || read.engine === 'kv1' ? undefined : versionedIn(members);
    if (kv2 !== undefined) return fetchedFromKv(backend, name, kv2, options);
    return fetchedFromEngine(backend, name, { members, token, options, isKv: read.engine === 'kv1' });
  }
  if (answered.status === 404 && mount !== undefined) mounts.forget(mount);
  throw goneIn(answered, options.path) ?? session.failure(answered, read.target);
}

interface Versioned {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** KV version 2 wraps what it holds: `data` within `data`, and `metadata` with the version beside it. */
function versionedIn(members: Readonly<Record<string, unknown>>): Versioned | undefined {
  const outer = membersOf(members['data']);
  const [data, metadata] = [membersOf(outer?.['data']), membersOf(outer?.['metadata'])];
  return data !== undefined && metadata !== undefined && Number.isInteger(metadata['version'])
    ? { data, metadata }
    : undefined;
}

function fetchedFromKv(
  { clock }: VaultBackend,
  name: string,
  { data, metadata }: Versioned,
  { refresh, max_stale }: SourceOptions,
): Fetched {
  const now = clock.now();
  // After `kv metadata delete` they are counted from 1 again: the time tells them apart.
  const created = timeIn(metadata['created_time']) ?? valueVersion(JSON.stringify(data));
  return {
    fields: sealMembers(name, data),
    version: `${String(metadata['version'])}@${created}`,
    refreshAt: now + refresh,
    expiresAt: now + Math.max(refresh, max_stale),
  };
}

/** A version that was deleted or destroyed: 404, with what became of it. */
function goneIn({ status, members, id }: Answered, path: string): VaultFailure | undefined {
  const metadata = status === 404 ? membersOf(membersOf(members['data'])?.['metadata']) : undefined;
  if (metadata === undefined) return undefined;
  const version = Number.isInteger(metadata['version']) ? `version ${String(metadata['version'])}` : 'the version';
  const deleted = timeIn(metadata['deletion_time']);
  const what =
    metadata['destroyed'] === true
      ? 'was destroyed and cannot be brought back'
      : `was deleted${deleted === undefined ? '' : ` at ${deleted}`}; undelete it, or write a new one`;
  return new VaultFailure(`${version} of ${path} ${what} (request ${id})`, 'missing');
}

/** A time as text of ours. */
function timeIn(value: unknown): string | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
