import { Vetter, type Route } from '../../src/net/vet.js';
import { parseAuthority } from '../../src/policy/authority.js';

/** A vetted route to a port of loopback, under this name. */
export function routeTo(port: number, host = 'a.test:80'): Route {
  const vetter = new Vetter({
    destinations: new Map([[host, { address: `127.0.0.1:${port}`, allowPrivate: false }]]),
    lookup: () => Promise.reject(new Error('a static address is not looked up')),
    isOwn: () => false,
    limits: { lookupTimeout: 1000, addressLifetime: 1000 },
    clock: { now: () => 0, elapsed: () => 0 },
  });
  return vetter.vet(parseAuthority(host, 80)) as Route;
}
