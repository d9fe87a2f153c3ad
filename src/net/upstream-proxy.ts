import type { Clock } from '../core/clock.js';
import type { Limits } from '../core/limits.js';
import type { Authority } from '../core/message.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { formatAuthority } from '../policy/authority.js';
import { unmapped } from './address.js';
import { goesDirect, type DirectRule } from './direct-rule.js';
import { Resolver, type Lookup } from './resolver.js';

export interface UpstreamProxyOptions {
  readonly authority: Authority;
  /** Whether it speaks TLS itself (`https:`). */
  readonly secure: boolean;
  /** Certificates to trust for it, besides the usual roots. */
  readonly caPem: readonly string[] | undefined;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly direct: readonly DirectRule[];
  readonly lookup: Lookup;
  readonly isOwn: (address: string, port: number) => boolean;
  readonly limits: Pick<Limits, 'lookupTimeout' | 'addressLifetime'>;
  readonly clock: Clock;
}

/**
 * The operator's proxy that connections leave through. Its address may be a private one or this machine's: it stands in the
 * configuration. Its credentials are in no member that can be printed.
 */
export class UpstreamProxy {
  readonly authority: Authority;
  readonly secure: boolean;
  readonly caPem: readonly string[] | undefined;
  /** Which proxy it is, for what is kept by it. */
  readonly key: string;
  readonly #options: UpstreamProxyOptions;
  readonly #resolver: Resolver;
  #pinned: { readonly addresses: readonly string[]; readonly until: number } | undefined;

  constructor(options: UpstreamProxyOptions) {
    const { authority, secure, caPem, lookup, limits } = options;
    this.authority = authority;
    this.secure = secure;
    this.caPem = caPem;
    this.key = `via ${secure ? 'https' : 'http'}://${formatAuthority(authority)}`;
    this.#options = options;
    this.#resolver = new Resolver(lookup, limits.lookupTimeout);
  }

  /** Does a connection to this authority go through it? */
  takes(authority: Authority): boolean {
    return !goesDirect(this.#options.direct, authority);
  }

  /** Where it is: looked up once for all who ask, and pinned for the lifetime of an address. Rejects with a `Refusal`. */
  async addresses(): Promise<readonly string[]> {
    const { authority, clock, limits, isOwn } = this.#options;
    if (this.#pinned !== undefined && clock.elapsed() < this.#pinned.until) return this.#pinned.addresses;
    const addresses = authority.kind === 'name' ? await this.#lookUp(authority.host) : [authority.host];
    if (addresses.some((address) => isOwn(unmapped(address), authority.port))) {
      throw new Refusal('destination_unreachable', { cause: new Reason('the upstream proxy is this proxy itself') });
    }
    this.#pinned = { addresses, until: clock.elapsed() + limits.addressLifetime };
    return addresses;
  }

  /** The request that asks it for a connection (RFC 9110 section 9.3.6). It holds the credentials: for the wire alone. */
  connectRequest(destination: Authority): Buffer {
    const { credentials } = this.#options;
    const host = formatAuthority(destination);
    const lines = [`CONNECT ${host} HTTP/1.1`, `Host: ${host}`];
    if (credentials !== undefined) {
      const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
      lines.push(`Proxy-Authorization: Basic ${basic}`);
    }
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  }

  async #lookUp(host: string): Promise<readonly string[]> {
    try {
      return await this.#resolver.resolve(host);
    } catch (error) {
      const isLate = error instanceof Refusal && error.code === 'destination_timeout';
      const cause = new Reason(
        `the name of the upstream proxy ${isLate ? 'was not looked up in time' : 'has no address'}`,
      );
      throw new Refusal(isLate ? 'destination_timeout' : 'destination_unreachable', { cause });
    }
  }
}
