import type { Config } from './config/load.js';
import { systemClock } from './core/clock.js';
import { readCertificates } from './net/certificates.js';
import { systemLookup } from './net/lookup.js';
import { proxyCredentials } from './net/proxy-credentials.js';
import { environmentTrust } from './net/trust.js';
import { UpstreamProxy } from './net/upstream-proxy.js';
import { Vetter, type VetterOptions } from './net/vet.js';

/** What finds and vets the way to a destination, as the configuration says. Throws `UsageError` or `MissingError`. */
export function openVetter(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
  never: Pick<VetterOptions, 'isOwn' | 'isBackend'>,
): Vetter {
  const { limits, upstream } = config;
  const destinations = Array.from(config.destinations, ([authority, { caFile, ...rest }]) => {
    return [authority, { ...rest, ...(caFile === undefined ? {} : { caPem: readCertificates(caFile) }) }] as const;
  });
  const roots = environmentTrust(environment['NODE_EXTRA_CA_CERTS']);
  const common = { lookup: systemLookup, ...never, limits, clock: systemClock };
  return new Vetter({
    ...common,
    destinations: new Map(destinations),
    trust: [...roots, ...(upstream.caFile === undefined ? [] : [readCertificates(upstream.caFile)])],
    proxy:
      upstream.proxy === undefined ? undefined : new UpstreamProxy({ ...common, ...openProxy(upstream.proxy, roots) }),
  });
}

function openProxy(proxy: NonNullable<Config['upstream']['proxy']>, roots: readonly string[]) {
  const { caFile, username, passwordFile, ...rest } = proxy;
  const trust = [...roots, ...(caFile === undefined ? [] : [readCertificates(caFile)])];
  return {
    ...rest,
    caPem: trust.length === 0 ? undefined : trust,
    credentials:
      username === undefined || passwordFile === undefined ? undefined : proxyCredentials(username, passwordFile),
  };
}
