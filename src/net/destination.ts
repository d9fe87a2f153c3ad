import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { UsageError } from '../core/usage-error.js';

/** What the configuration says about one destination. */
export interface Destination {
  /** A static address: `ip`, `ip:port` or `[ip]:port`. Spelled out by the operator, so exempt from the address check. */
  readonly address?: string;
  /** Certificates to trust for it, besides the system's roots. */
  readonly caPem?: string;
  /** The name to send as SNI and to find in its certificate, where it is not the host's. */
  readonly serverName?: string;
  readonly allowPrivate: boolean;
}

/** A destination with everything parsed that can be, once, when the configuration is loaded. */
export interface CompiledDestination {
  readonly fixed: { readonly address: string; readonly port: number | undefined } | undefined;
  /** The same array for the same trust, so that what is made from it can be kept by identity. */
  readonly caPem: readonly string[] | undefined;
  readonly trustKey: string;
  readonly serverName: string | undefined;
  readonly allowPrivate: boolean;
}

/** `trust` is added for every destination. Throws a `UsageError` for an address that is none. */
export function compileDestination(destination: Destination, trust: readonly string[]): CompiledDestination {
  const { address, caPem, serverName, allowPrivate } = destination;
  const all = caPem === undefined ? trust : [...trust, caPem];
  return {
    fixed: address === undefined ? undefined : parseAddress(address),
    caPem: all.length === 0 ? undefined : all,
    trustKey: all.length === 0 ? '' : createHash('sha256').update(all.join('\n')).digest('base64url'),
    serverName,
    allowPrivate,
  };
}

function parseAddress(text: string): { address: string; port: number | undefined } {
  if (isIP(text) !== 0) return { address: text, port: undefined };
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+))(?::([1-9]\d{0,4}))?$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? '';
  const port = digits === undefined ? undefined : Number(digits);
  if (isIP(address) === 0 || (port ?? 0) > 65535) {
    throw new UsageError(`The static address "${text}" of a destination is not an IP address with an optional port.`);
  }
  return { address, port };
}
