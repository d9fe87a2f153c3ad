import type { EndFields, RefusedFields, Sink, UseFields, Written } from '../../src/audit/index.js';

/** A sink that keeps what it is given, and fails when told to. */
export class MemorySink implements Sink {
  readonly lines: string[] = [];
  /** How many records came with each call. */
  readonly batches: number[] = [];
  failing = false;
  /** Takes so many records of a batch more, then fails. */
  room = Number.POSITIVE_INFINITY;
  closed = false;

  write(records: readonly string[]): Written {
    if (this.failing) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const taken = records.slice(0, this.room);
    this.batches.push(taken.length);
    this.lines.push(...taken);
    this.room -= taken.length;
    return taken.length === records.length ? { count: taken.length } : { count: taken.length, failure: 'no room' };
  }

  close(): void {
    this.closed = true;
  }

  get records(): Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** `kind id` of each record but `start`. */
  get said(): string[] {
    return this.records.slice(1).map(({ kind, id }) => `${String(kind)} ${String(id)}`);
  }
}

const request = {
  client_address: '127.0.0.1',
  method: 'GET',
  scheme: 'https',
  host: 'api.example.com',
  port: 443,
  path: '/a',
};
export const useFields: UseFields = {
  ...request,
  client: 'desk',
  policy: 'read',
  policy_rev: 'r1',
  decision: 'allow',
  secrets: [{ name: 'github', backend: 'env', version: '1', lease: undefined, fingerprint: 'f' }],
  injected: ['header authorization'],
  upstream_address: '192.0.2.1',
  vetting: 'public',
};
export const endFields: EndFields = { code: 'ok', status: 200, bytes_in: 1, bytes_out: 2, duration_ms: 3, masked: 0 };
export const refusedFields: RefusedFields = { ...request, client: 'desk', code: 'no_policy' };

/** The code of the refusal that it rejects with, or what it did instead. */
export async function outcomeOf(use: Promise<void>): Promise<unknown> {
  return use.then(
    () => 'written',
    (error: unknown) => (typeof error === 'object' && error !== null && 'code' in error ? error.code : error),
  );
}
