import { covers, formatHostPattern, overlaps, type HostPattern } from '../policy/host-pattern.js';
import { crossesPublicSuffix } from '../policy/public-suffix.js';
import { tunnelConflicts } from '../policy/tunnel-conflicts.js';
import type { Injected } from './check-inject.js';
import type { Settings } from './config.js';
import { quoted, quotedUnlessKey } from './found.js';
import type { Problem } from './problem.js';

/** Two keys must turn: the hosts of a policy that injects have to lie within those of each of its secrets; and what else hosts can get wrong. */
export function checkHosts(settings: Settings, injected: Injected['secrets']): Problem[] {
  return [
    ...sharedSuffixes(settings),
    ...uncoveredHosts(settings, injected),
    ...cleartextHosts(settings),
    ...conflictingTunnels(settings),
  ];
}

function sharedSuffixes({ secrets, policies }: Settings): Problem[] {
  const ofSecrets = [...secrets].flatMap(([name, { hosts, unsafeSharedSuffix }]) =>
    unsafeSharedSuffix ? [] : crossing(hosts, ['secrets', name]),
  );
  const ofPolicies = policies.flatMap(({ hosts, unsafeSharedSuffix, inject }, index) =>
    unsafeSharedSuffix || inject.length === 0 ? [] : crossing(hosts, ['policies', index]),
  );
  return [...ofSecrets, ...ofPolicies];
}

function crossing(hosts: readonly HostPattern[], path: readonly (string | number)[]): Problem[] {
  return hosts.flatMap((host, at) =>
    crossesPublicSuffix(host)
      ? [
          problem(
            [...path, 'hosts', at],
            `found ${shown(host)}, which covers hosts of different owners; allowed is a host of one owner, or unsafe_shared_suffix: true`,
          ),
        ]
      : [],
  );
}

function uncoveredHosts({ secrets, policies }: Settings, injected: Injected['secrets']): Problem[] {
  return policies.flatMap(({ hosts }, index) => {
    return [...(injected[index] ?? [])].flatMap((name) => {
      const allowed = secrets.get(name)?.hosts;
      if (allowed === undefined) return [];
      return hosts.flatMap((host, at) =>
        allowed.some((outer) => covers(outer, host))
          ? []
          : [
              problem(
                ['policies', index, 'hosts', at],
                `found ${shown(host)}, where the secret ${quoted(name)} may not go; allowed are its hosts: ${allowed.map(shown).join(', ')}`,
              ),
            ],
      );
    });
  });
}

/** A host of port 80 is asked in the clear. */
function cleartextHosts({ policies }: Settings): Problem[] {
  return policies.flatMap(({ hosts, inject, unsafeCleartext }, index) =>
    inject.length === 0 || unsafeCleartext
      ? []
      : hosts.flatMap((host, at) =>
          host.port === 80
            ? [
                problem(
                  ['policies', index, 'hosts', at],
                  `found ${shown(host)}, where a credential would go in cleartext; allowed is a port for TLS, or unsafe_cleartext: true`,
                ),
              ]
            : [],
        ),
  );
}

function conflictingTunnels({ policies }: Settings): Problem[] {
  const rules = policies.map(({ name, clients, hosts, action }) => {
    return { name, clients, hosts, action, unsafeCleartext: false, unsafeOpaqueUpgrade: false, plan: undefined };
  });
  return tunnelConflicts(rules).map(({ tunnel, intercept }) => {
    const index = policies.findIndex(({ name }) => name === tunnel);
    const others = policies.find(({ name }) => name === intercept)?.hosts ?? [];
    const at = policies[index]?.hosts.findIndex((host) => others.some((other) => overlaps(host, other))) ?? 0;
    return problem(
      ['policies', index, 'hosts', Math.max(0, at)],
      `found a host that the policy ${quoted(intercept)} looks into, in the tunnel ${quoted(tunnel)}; allowed is one of the two for a client and host`,
    );
  });
}

function shown(host: HostPattern): string {
  return quotedUnlessKey(formatHostPattern(host));
}

function problem(path: Problem['path'], message: string): Problem {
  return { path, at: 'value', message };
}
