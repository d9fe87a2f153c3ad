export { recordKinds } from '../record.js';

/** What records are asked for; all that is given has to hold. */
export interface Filter {
  readonly client?: string | undefined;
  readonly host?: string | undefined;
  readonly secret?: string | undefined;
  readonly policy?: string | undefined;
  readonly code?: string | undefined;
  readonly kind?: string | undefined;
  /** What became of a secret: only records of the kind `secret` have it, and the next. */
  readonly event?: string | undefined;
  readonly backend?: string | undefined;
  readonly id?: string | undefined;
  /** RFC 3339 in UTC with milliseconds, the first that counts. */
  readonly since?: string | undefined;
  /** The first that does not count any more. */
  readonly until?: string | undefined;
  /** Only answers in which something was masked. */
  readonly masked?: boolean | undefined;
}

const exact = ['client', 'host', 'policy', 'code', 'kind', 'event', 'backend', 'id'] as const;
/** Whether a record is the log's own: those are shown where their kind is asked for. */
export function isBookkeeping(kind: unknown): boolean {
  return kind === 'header' || kind === 'checkpoint';
}

/** Whether a record, joined with its `use`, is among them. */
export function matches(filter: Filter, record: Readonly<Record<string, unknown>>, time: string): boolean {
  if (filter.kind === undefined && isBookkeeping(record['kind'])) return false;
  if (exact.some((name) => filter[name] !== undefined && record[name] !== filter[name])) return false;
  if (filter.since !== undefined && time < filter.since) return false;
  if (filter.until !== undefined && time >= filter.until) return false;
  if (filter.masked === true && !(Number(record['masked']) > 0)) return false;
  return (
    filter.secret === undefined || record['secret'] === filter.secret || namesSecret(record['secrets'], filter.secret)
  );
}

function namesSecret(secrets: unknown, name: string): boolean {
  if (!Array.isArray(secrets)) return false;
  return secrets.some((secret: unknown) => {
    return typeof secret === 'object' && secret !== null && 'name' in secret && secret.name === name;
  });
}
