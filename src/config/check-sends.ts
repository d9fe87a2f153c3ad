import { parseAuthority } from '../policy/authority.js';
import { formatHostPattern, matchesHost } from '../policy/host-pattern.js';
import type { AnyBackendKind, AnySourceKind, Sent } from '../secrets/backend.js';
import { backendOf, referencesIn } from './check-sources.js';
import type { Settings } from './config.js';
import { quoted, quotedUnlessKey } from './found.js';
import type { Path, Problem } from './problem.js';

/** Secrets that are sent to where they may not go, to get another one: it would be refused each time, and nobody could use the other. */
export function checkSends(settings: Settings): Problem[] {
  const { secrets, backends } = settings;
  const fromSecrets = Array.from(secrets, ([name, { kind, options }]) => ({
    path: ['secrets', name],
    options,
    sends: (kind as AnySourceKind).sends?.(options as never) ?? [],
  }));
  const fromBackends = Array.from(backends, ([name, { kind, options }]) => ({
    path: ['backends', name],
    options,
    sends: (kind as AnyBackendKind).sends?.(options as never, usesOf(settings, name)) ?? [],
  }));
  return [...fromSecrets, ...fromBackends].flatMap(({ path, options, sends }) =>
    sends.flatMap((sent) => strayIn(settings, path, options, sent)),
  );
}

function usesOf(settings: Settings, backend: string): { name: string; kind: string; options: unknown }[] {
  return Array.from(settings.secrets)
    .filter(([, { kind, options }]) => backendOf(settings, kind, options) === backend)
    .map(([name, { kind, options }]) => ({ name, kind: kind.kind, options }));
}

function strayIn({ secrets }: Settings, path: Path, options: unknown, { path: at, to }: Sent): Problem[] {
  const part = referencesIn(options).find((one) => one.path.join('.') === at.join('.'))?.reference.name ?? '';
  const secret = secrets.get(part);
  if (secret === undefined) return [];
  const { hostname, port, protocol } = new URL(to);
  const authority = parseAuthority(hostname, port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port));
  if (secret.hosts.some((pattern) => matchesHost(pattern, authority))) return [];
  const host = formatHostPattern({ wildcard: false, ...authority });
  const hosts = secret.hosts.map((pattern) => quotedUnlessKey(formatHostPattern(pattern)));
  const may = hosts.length === 0 ? 'it may go nowhere' : `it may go to ${hosts.join(', ')}`;
  const message = `found the secret ${quoted(part)}, which would be sent to ${quotedUnlessKey(host)} and may not go there; allowed is one with that among its hosts (${may})`;
  return [{ path: [...path, ...at], at: 'value', message }];
}
