import { isReviewedHost, readOnlyOf } from '../catalogue/read-only.js';
import { serviceNamed } from '../catalogue/service-named.js';
import { formatHostPattern } from '../policy/host-pattern.js';
import type { Settings } from './config.js';
import { quoted } from './found.js';
import type { Problem } from './problem.js';

/** Read-only access is a list of paths that somebody reviewed: nothing else may be mixed into it. */
export function checkAccess({ policies }: Settings): Problem[] {
  return policies.flatMap((policy, index): Problem[] => {
    if (policy.access === 'all') return [];
    const path = ['policies', index];
    const service = policy.service === undefined ? undefined : serviceNamed(policy.service);
    if (service === undefined) {
      return [
        {
          path: [...path, 'access'],
          at: 'key',
          message: 'found "access" without a service; allowed is a service beside it',
        },
      ];
    }
    const variant = readOnlyOf(service);
    if ('none' in variant) {
      const message = `found read-only access to ${service.name}, for which there is no list: ${variant.none}; allowed is methods and paths of your own`;
      return [{ path: [...path, 'access'], at: 'value', message }];
    }
    const unreviewed = policy.hosts.flatMap((host, at): Problem[] =>
      isReviewedHost(service, variant, host)
        ? []
        : [
            {
              path: [...path, 'hosts', at],
              at: 'value',
              message: `found ${quoted(formatHostPattern(host))}, which the read-only list of ${service.name} is not for; allowed are ${variant.hosts.map(quoted).join(', ')}, or an instance of your own`,
            },
          ],
    );
    return [...mixed(policy, path), ...unreviewed];
  });
}

function mixed({ action, methods, paths }: Settings['policies'][number], path: Problem['path']): Problem[] {
  const present = { methods: methods !== undefined, paths: paths !== undefined, action: action === 'tunnel' };
  return Object.entries(present)
    .filter(([, given]) => given)
    .map(([key]): Problem => ({
      path: [...path, key],
      at: key === 'action' ? 'value' : 'key',
      message: `found ${quoted(key)} beside access: read-only, which says itself what is allowed; allowed is one of the two`,
    }));
}
