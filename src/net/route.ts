import type { Authority } from '../core/message.js';
import type { UpstreamProxy } from './upstream-proxy.js';

export declare const vetted: unique symbol;

/** Where a request goes: addresses that were looked up once and checked, and what the other end has to prove. Only `vet` makes one. */
export interface Route {
  readonly [vetted]: true;
  /** Those that may be dialled, in the resolver's order; none where an upstream proxy dials. */
  readonly addresses: readonly { readonly address: string; readonly family: 4 | 6 }[];
  readonly authority: Authority;
  /** The port dialled. */
  readonly port: number;
  /** TLS SNI and the name to verify; undefined for an IP literal, which is verified as such. */
  readonly serverName: string | undefined;
  /** Certificates trusted besides the system's roots. */
  readonly caPem: readonly string[] | undefined;
  readonly vetting: 'public' | 'private allowed' | 'static' | 'by upstream proxy';
  /** The proxy that the connection is opened through. */
  readonly via?: UpstreamProxy;
  /**
   * What pools are kept by: authority, addresses or upstream proxy, names and trust. A connection may be used again only for a route with
   * the key of the one it was opened for: where a fresh look-up answers other addresses, the key is another.
   */
  readonly key: string;
}
