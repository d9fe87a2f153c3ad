import type { Content } from './content.js';
import type { HeaderList } from './header-list.js';

/** The head of a request on its way out; `path` is the request target in origin form, query included, as the caller sent it. */
export interface RequestHead {
  readonly method: string;
  path: string;
  readonly headers: HeaderList;
}

/** A request on its way out, which places change; `content` is its body where one of them has to see all of it. */
export interface Draft extends RequestHead {
  content?: Content | undefined;
}

export type Scheme = 'http' | 'https';

/** Host and port in the one canonical form: see policy/authority. */
export interface Authority {
  /** Lower case, IDN as A-labels, no trailing dot; IPv6 without brackets, compressed (RFC 5952). */
  readonly host: string;
  readonly port: number;
  readonly kind: 'name' | 'ipv4' | 'ipv6';
}

export interface Target {
  readonly scheme: Scheme;
  readonly authority: Authority;
}

/** Who is asking. `client` is the name in the configuration; the rest comes from a verified token, where there is one. */
export interface Caller {
  readonly client: string;
  readonly subject?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
}
