import { connect, isIPv6, type Socket } from 'node:net';
import { dialRefusal } from './dial-error.js';

/** How long an attempt goes on alone before the next one begins beside it, milliseconds (RFC 8305 section 5). */
const attemptDelay = 250;

/** Begins to open a connection to an address. */
export type Open<S extends Socket> = (address: string) => S;

export function tcpTo(port: number): Open<Socket> {
  return (host) => connect({ host, port });
}

/**
 * A connection to whichever of the addresses answers first on TCP (Happy Eyeballs, RFC 8305): the families take turns, an attempt
 * that is slow is not given up for the next, and one that fails does not hold it up. Nothing is looked up, and what lost is closed.
 * Rejects with a `Refusal`, of the first attempt where all fail.
 */
export function connectFirst<S extends Socket>(
  addresses: readonly string[],
  open: Open<S>,
  signal: AbortSignal,
): Promise<S> {
  const queue = takingTurns(addresses);
  if (queue.length === 0) throw new TypeError('a route without an address');
  return new Promise((resolve, reject) => {
    const running = new Set<S>();
    let timer: NodeJS.Timeout | undefined;
    let failure: unknown;
    let ended = false;
    const end = (settle: () => void, winner?: S): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      for (const socket of running) if (socket !== winner) socket.destroy();
      settle();
    };
    const onAbort = (): void => end(() => reject(dialRefusal(signal.reason)));
    const attempt = (): void => {
      clearTimeout(timer);
      const address = queue.shift();
      if (address === undefined || ended) return;
      const socket = open(address);
      running.add(socket);
      // The first stays: between opening and whoever listens next an error must not end the process; 'close' tells of it.
      socket.on('error', (error) => {
        failure ??= error;
        running.delete(socket);
        if (queue.length > 0) attempt();
        else if (running.size === 0) end(() => reject(dialRefusal(failure)));
      });
      socket.once('connect', () => end(() => resolve(socket.setNoDelay(true).setKeepAlive(true)), socket));
      if (queue.length > 0) timer = setTimeout(attempt, attemptDelay);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else attempt();
  });
}

/** RFC 8305 section 4: first the family of the first address, then the other one, and so on, each in the resolver's order. */
function takingTurns(addresses: readonly string[]): string[] {
  const isFirstFamily = isIPv6(addresses[0] ?? '');
  const first = addresses.filter((address) => isIPv6(address) === isFirstFamily);
  const other = addresses.filter((address) => isIPv6(address) !== isFirstFamily);
  return Array.from({ length: Math.max(first.length, other.length) }, (_, turn) => [first[turn], other[turn]])
    .flat()
    .filter((address) => address !== undefined);
}
