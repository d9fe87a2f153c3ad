import { networkInterfaces } from 'node:os';
import { classify, readings } from './address.js';

/**
 * Where this proxy itself listens. A request that it sent there would come back as one of the machine's own, and a loop costs
 * connections without end.
 */
export class OwnAddresses {
  #listeners: readonly { readonly host: string; readonly port: number }[] = [];
  readonly #interfaces: () => readonly string[];

  /** `interfaces`: every address of this machine, asked for anew each time, as they come and go. */
  constructor(interfaces: () => readonly string[] = ofThisMachine) {
    this.#interfaces = interfaces;
  }

  /** A listener on TCP, by the address and port it is bound to. */
  add(host: string, port: number): void {
    this.#listeners = [...this.#listeners, { host, port }];
  }

  /** It listens no more. */
  remove(host: string, port: number): void {
    this.#listeners = this.#listeners.filter((listener) => listener.host !== host || listener.port !== port);
  }

  /** Does a connection to this address end here, in whatever spelling and embedding it is written, zone ids left aside? */
  isOwn(address: string, port: number): boolean {
    const there = readings(address);
    return this.#listeners.some((listener) => listener.port === port && this.#answers(listener.host, address, there));
  }

  #answers(host: string, address: string, there: ReadonlySet<string>): boolean {
    const isAny = classify(host) === 'unspecified';
    // A connection to 0.0.0.0 or :: goes to this machine.
    if (classify(address) === 'unspecified') return true;
    if (isAny && classify(address) === 'loopback') return true;
    const hosts = isAny ? this.#interfaces() : [host];
    return hosts.some((own) => [...readings(own)].some((reading) => there.has(reading)));
  }
}

function ofThisMachine(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
}
