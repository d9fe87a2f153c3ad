import type { HostPattern } from './host-pattern.js';

/** One authority (`wildcard` left out), or all that a pattern matches. */
type Sought = Pick<HostPattern, 'host' | 'port'> & { readonly wildcard?: boolean };

/**
 * Answers which of the lists hold a pattern that covers what is sought, by their positions in ascending order.
 * One map look-up for each label of the host, however many patterns there are.
 */
export function indexHosts(lists: readonly (readonly HostPattern[])[]): (sought: Sought) => readonly number[] {
  const ports = new Map<number, Tables>();
  for (const [position, patterns] of lists.entries()) {
    for (const { wildcard, host, port } of patterns) {
      const tables = obtain(ports, port, (): Tables => ({ exact: new Map(), under: new Map() }));
      const positions = obtain(wildcard ? tables.under : tables.exact, host, (): number[] => []);
      if (positions.at(-1) !== position) positions.push(position);
    }
  }
  return (sought) => {
    const tables = ports.get(sought.port);
    return tables === undefined ? none : find(tables, sought);
  };
}

/** Positions by host: of the patterns for just that host, and of the wildcards for what is under it. */
interface Tables {
  readonly exact: Map<string, number[]>;
  readonly under: Map<string, number[]>;
}

const none: readonly number[] = [];

function find({ exact, under }: Tables, { host, wildcard }: Sought): readonly number[] {
  let found: readonly number[] = (wildcard === true ? under : exact).get(host) ?? none;
  if (under.size === 0) return found;
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
    const more = under.get(host.slice(dot + 1));
    if (more !== undefined) found = found.length === 0 ? more : merge(found, more);
  }
  return found;
}

/** Two ascending lists as one, each position once. */
function merge(a: readonly number[], b: readonly number[]): readonly number[] {
  const merged: number[] = [];
  let at = 0;
  for (const left of a) {
    for (; at < b.length && (b[at] as number) <= left; at += 1) {
      if (b[at] !== left) merged.push(b[at] as number);
    }
    merged.push(left);
  }
  return at < b.length ? merged.concat(b.slice(at)) : merged;
}

function obtain<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const present = map.get(key);
  if (present !== undefined) return present;
  const created = create();
  map.set(key, created);
  return created;
}
