import type { EndFields, RefusedFields, Sink, UseFields } from '../../src/audit/index.js';

/** A sink that keeps what it is given, and fails when told to. */
export class MemorySink implements Sink {
  readonly lines: string[] = [];
  failing = false;
  closed = false;

  write(line: string): void {
    if (this.failing) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    this.lines.push(line);
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
  secrets: [{ name: 'github', backend: 'env', version: '1', fingerprint: 'f' }],
  injected: ['header authorization'],
  upstream_address: '192.0.2.1',
  vetting: 'public',
};
export const endFields: EndFields = { code: 'ok', status: 200, bytes_in: 1, bytes_out: 2, duration_ms: 3, masked: 0 };
export const refusedFields: RefusedFields = { ...request, client: 'desk', code: 'no_policy' };
