/** What the records of one request share: see design of the audit log in docs/audit.md for each field. */
export interface RequestFields {
  readonly client?: string | undefined;
  readonly subject?: string | undefined;
  readonly client_address: string;
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** Without the query; masked where a credential travels in it. */
  readonly path?: string;
}

export interface UsedSecret {
  readonly name: string;
  readonly backend: string;
  readonly version: string;
  readonly fingerprint: string;
}

export interface UseFields extends RequestFields {
  readonly policy: string;
  readonly policy_rev: string;
  readonly decision: 'allow' | 'tunnel';
  readonly secrets: readonly UsedSecret[];
  /** Where they went: `header authorization`. */
  readonly injected: readonly string[];
  readonly upstream_address: string;
  /** How the address was vetted: `public`, `private allowed`, `static`, `by upstream proxy`. */
  readonly vetting: string;
}

export interface EndFields {
  readonly code: string;
  readonly status?: number | undefined;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly duration_ms: number;
  readonly upstream_ms?: number;
  /** How many occurrences of a secret were masked in the answer. */
  readonly masked: number;
}

export interface RefusedFields extends RequestFields {
  readonly code: string;
  readonly policy?: string;
  /** Why, for the operator: names of rules and errors, never a value. */
  readonly reason?: string | undefined;
}

export interface ReloadFields {
  /** The revision that decides from here on. */
  readonly policy_rev: string;
  readonly previous_rev: string;
  /** What differs, by name: `policy github-read changed`. Never a value. */
  readonly changes: readonly string[];
  /** `ok`, or why the configuration before goes on. */
  readonly code: string;
}

/**
 * The audit log. `use` returns once the record is written, and throws `Refusal('audit_unavailable')` where it cannot be:
 * then nothing may be sent. `end` and `refused` never throw; a failure makes the following `use` fail.
 */
export interface Audit {
  use(id: string, fields: UseFields): void;
  end(id: string, fields: EndFields): void;
  refused(id: string, fields: RefusedFields): void;
  /** Requests without a known caller: counted by code, written as one record now and then, never one each. */
  noise(code: string, clientAddress: string): void;
  /** The configuration was read again, and taken or not. Never throws; no `use` is written before it. */
  reloaded(fields: ReloadFields): void;
  close(): Promise<void>;
}

/** Where lines go. `write` returns once the operating system has the line; throws where it does not. */
export interface Sink {
  write(line: string): void;
  close(): void;
}
