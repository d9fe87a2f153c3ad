import { setMaxListeners } from 'node:events';

/** For leases to go back, from the beginning of the end, milliseconds: somebody waits for it, and may lose patience. */
const forLeases = 20_000;
/** For logins, which go back when their leases have, milliseconds after that. */
const forLogins = 2000;

/** How long one end may take: each signal aborts when the time for that is over. */
export interface Ending {
  readonly leases: AbortSignal;
  readonly logins: AbortSignal;
}

/** What all that ends together has; `over` is called when it has. */
export function beginEnding(): Ending & { readonly over: () => void } {
  const [leases, logins] = [new AbortController(), new AbortController()];
  // One listener for each lease and login: no leak, as Node would warn of.
  setMaxListeners(0, leases.signal, logins.signal);
  const timers = [setTimeout(() => leases.abort(), forLeases), setTimeout(() => logins.abort(), forLeases + forLogins)];
  return { leases: leases.signal, logins: logins.signal, over: () => timers.forEach(clearTimeout) };
}
