import { lookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';

/**
 * Asks the system's resolver (hosts file included) for every address of a name, in the resolver's order.
 * It cannot be interrupted: `signal` is looked at by who waits (see vet). Throws Node's DNS errors.
 */
export async function systemLookup(host: string, signal: AbortSignal): Promise<readonly LookupAddress[]> {
  signal.throwIfAborted();
  return lookup(host, { all: true, verbatim: true });
}
