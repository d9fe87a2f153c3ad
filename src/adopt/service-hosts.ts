import { UsageError } from '../core/usage-error.js';
import { formatHostPattern, parseHostPattern } from '../policy/host-pattern.js';
import type { HostSource } from '../catalogue/service.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The hosts that a secret may go to: those that the variables name, or the service's own where none is set. A variable that names
 * one of the service's own hosts changes nothing. Throws `UsageError` with half a sentence that begins with the variable.
 */
export function serviceHosts(
  fixed: readonly string[],
  sources: readonly HostSource[],
  environment: Environment,
): readonly string[] {
  const named = sources.flatMap((source) => {
    const value = environment[source.variable]?.trim() ?? '';
    return value === '' ? [] : hostsOf(source, value);
  });
  const hosts = named.length === 0 || named.some((host) => fixed.includes(host)) ? fixed : named;
  if (hosts.length > 0) return [...new Set(hosts)];
  throw new UsageError(
    `${sources.map(({ variable }) => variable).join(' or ') || 'its address'} is not set, so nothing says which host it is for`,
  );
}

function hostsOf({ variable, hosts = ['{host}'] }: HostSource, value: string): readonly string[] {
  const host = value.includes('://') ? hostOfUrl(variable, value) : value.replace(/\/+$/, '');
  return hosts.map((template) => {
    try {
      const pattern = parseHostPattern(template.replace('{host}', host));
      if (pattern.wildcard || isLoopback(pattern.host)) throw new UsageError('loopback');
      return formatHostPattern(pattern);
    } catch (error) {
      // The value is not repeated: a URL may hold a password.
      throw new UsageError(`${variable} does not name a host that is reached through a proxy`, { cause: error });
    }
  });
}

function hostOfUrl(variable: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'https:')
    throw new UsageError(`${variable} is not an https URL, and a credential is not sent in cleartext`);
  return url.host;
}

/** Never proxied: NO_PROXY says so, and some clients do so by themselves. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || host.startsWith('127.');
}
