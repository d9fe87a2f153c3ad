/**
 * The speed budget as far as this benchmark measures it. With `against` the figure is Keywright's divided by the peer's, run by
 * run; without it is Keywright's own.
 */
export const budget = [
  { metric: 'request_cpu', against: 'squid', atMost: 1 },
  { metric: 'request_cpu', against: 'mitmproxy', atMost: 0.1 },
  { metric: 'request_cpu', against: 'blind', atMost: 2.5 },
  // The budget names no load: how much of what a request costs is a core that has slept, is told by a second one.
  { metric: 'busy_request_cpu', against: 'squid', atMost: 1 },
  { metric: 'busy_request_cpu', against: 'blind', atMost: 2.5 },
  { metric: 'request_rate', against: 'squid', atLeast: 1.1 },
  { metric: 'request_rate', against: 'mitmproxy', atLeast: 15 },
  { metric: 'connect_rate', against: 'squid', atLeast: 1.2 },
  { metric: 'connect_rate', against: 'mitmproxy', atLeast: 3 },
  // What one core of proxy could take: the rate where load and destination cost nothing. 1 / 1.2 and 1 / 3.
  { metric: 'connect_cpu', against: 'squid', atMost: 0.83 },
  { metric: 'connect_cpu', against: 'mitmproxy', atMost: 0.33 },
  { metric: 'latency', over: 'direct', atMost: 0.25 },
  { metric: 'byte_cpu', against: 'blind', atMost: 3 },
  { metric: 'busy_memory', atMost: 150 },
  { metric: 'abandoned_growth', atMost: 10 },
  { metric: 'ready', atMost: 300 },
];

/** One value for each run that has both sides. `over` subtracts what `against` divides by. */
export function judge(item, samples, subject = 'keywright') {
  const own = samples[item.metric]?.[subject] ?? [];
  const other = samples[item.metric]?.[item.against ?? item.over] ?? [];
  if (item.against !== undefined) return own.map((value, run) => value / other[run]);
  return item.over === undefined ? own : own.map((value, run) => value - other[run]);
}

export function isMet(item, value) {
  return item.atMost === undefined ? value >= item.atLeast : value <= item.atMost;
}
