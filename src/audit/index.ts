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
  /** Where it has one, as its backend calls it. */
  readonly lease: string | undefined;
  readonly fingerprint: string;
}

export interface UseFields extends RequestFields {
  readonly policy: string;
  readonly policy_rev: string;
  /** `answer`: nothing was sent, and the caller got a placeholder for what `secrets` names. */
  readonly decision: 'allow' | 'tunnel' | 'answer';
  readonly secrets: readonly UsedSecret[];
  /** Where they went: `header authorization`. */
  readonly injected: readonly string[];
  readonly upstream_address: string;
  /** How the address was vetted: `public`, `private allowed`, `static`, `by upstream proxy`; `nothing sent`. */
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

/** What happened to a secret beside being used. */
export interface SecretFields {
  readonly event: string;
  /** Absent where a backend's own login is meant. */
  readonly secret?: string | undefined;
  readonly backend: string;
  readonly version?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly lease?: string | undefined;
  /** RFC 3339. */
  readonly expires?: string | undefined;
  readonly reason?: string | undefined;
}

/**
 * The audit log. Records of one turn of the event loop are written together, at its end; an `end` may wait some milliseconds longer
 * (`limits.audit_delay`) to go with those of another turn.
 * `use` resolves once its record is with the operating system, and rejects with `Refusal('audit_unavailable')` where it cannot
 * be: until then nothing may be sent. `end`, `refused`, `secret` and `reloaded` never throw; a failure makes the following `use` fail.
 */
export interface Audit {
  use(id: string, fields: UseFields): Promise<void>;
  end(id: string, fields: EndFields): void;
  refused(id: string, fields: RefusedFields): void;
  /** A secret was fetched, renewed, given back …: names and leases, never a value. */
  secret(fields: SecretFields): void;
  /** The configuration was read again, and taken or not. No `use` that it decided is written before it. Resolves once it is written, or waits. */
  reloaded(fields: ReloadFields): Promise<void>;
  /** Requests without a known caller: counted by code, written as one record now and then, never one each. */
  noise(code: string, clientAddress: string): void;
  /** Writes what waits and a `stop` record, and closes the sinks. */
  close(): Promise<void>;
}

/** What became of a batch: the first `count` of its records are with the operating system; why the others are not. */
export interface Written {
  readonly count: number;
  readonly failure?: unknown;
}

/** Where records go. */
export interface Sink {
  /**
   * Writes these records in order, each a JSON object on one line of ASCII, with as few calls of the system as it can, and
   * returns once it has them. Without `failure`, all of them are written; a throw is a failure before the first.
   */
  write(records: readonly string[]): Written;
  close(): void;
}
