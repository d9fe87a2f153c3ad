import type { LookupAddress } from 'node:dns';
import type { Authority } from '../../src/core/message.js';
import type { Refusal } from '../../src/core/refusal.js';
import type { Destination } from '../../src/net/destination.js';
import { type Route, Vetter, type VetterOptions } from '../../src/net/vet.js';
import { parseAuthority } from '../../src/policy/authority.js';

export const at = (text: string): Authority => parseAuthority(text, 443);
const addresses = (...list: string[]): LookupAddress[] =>
  list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

/** A vetter whose resolver knows these names, and writes down what it is asked. */
export function setting(
  names: Record<string, readonly string[]>,
  destinations: Record<string, Destination> = {},
  more: Partial<VetterOptions> = {},
): { vetter: Vetter; asked: string[]; clock: { at: number }; names: Record<string, readonly string[]> } {
  const state = { asked: [] as string[], clock: { at: 0 }, names };
  const vetter = new Vetter({
    destinations: new Map(Object.entries(destinations)),
    lookup: (host) => {
      state.asked.push(host);
      const found = state.names[host];
      if (found === undefined) return Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
      return Promise.resolve(addresses(...found));
    },
    isOwn: () => false,
    limits: { lookupTimeout: 1000, addressLifetime: 30_000 },
    clock: { now: () => 0, elapsed: () => state.clock.at },
    ...more,
  });
  return Object.assign(state, { vetter });
}

/** The code that vetting is refused with, thrown or rejected alike. */
export async function refusal(vet: () => Route | Promise<Route>): Promise<string> {
  try {
    await vet();
  } catch (error) {
    return (error as Refusal).code;
  }
  return 'allowed';
}
