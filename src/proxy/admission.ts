import { isIPv6 } from 'node:net';
import type { Limits } from '../core/limits.js';

type Caps = Pick<Limits, 'connections' | 'connectionsPerAddress'>;

/** Counts the connections that are open, in total and by where they come from: one machine must not take every place. */
export class Admission {
  readonly #byAddress = new Map<string, number>();
  #total = 0;

  /** Takes a place for a connection from this address; false where there is none left. `address` is undefined for a unix socket. */
  admit(address: string | undefined, { connections, connectionsPerAddress }: Caps): boolean {
    const origin = originOf(address);
    const open = origin === undefined ? 0 : (this.#byAddress.get(origin) ?? 0);
    if (this.#total >= connections || open >= connectionsPerAddress) return false;
    this.#total += 1;
    if (origin !== undefined) this.#byAddress.set(origin, open + 1);
    return true;
  }

  leave(address: string | undefined): void {
    this.#total -= 1;
    const origin = originOf(address);
    if (origin === undefined) return;
    const open = (this.#byAddress.get(origin) ?? 0) - 1;
    if (open > 0) this.#byAddress.set(origin, open);
    else this.#byAddress.delete(origin);
  }
}

/**
 * What counts as one: an IPv4 address, or the /64 of an IPv6 address, all of which one machine has (RFC 6177). Undefined for
 * this machine itself, where every caller has the same address, and for a unix socket, where none has one.
 */
function originOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  if (plain === '::1' || plain.startsWith('127.')) return undefined;
  return isIPv6(plain) ? networkOf(plain) : plain;
}

/** The first four groups, as Node writes addresses: compressed, without a scope that would count. */
function networkOf(address: string): string {
  const [groups = ''] = address.split('%');
  const [before = '', after] = groups.split('::');
  const first = before === '' ? [] : before.split(':');
  const last = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? [] : new Array<string>(Math.max(8 - first.length - last.length, 0)).fill('0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
