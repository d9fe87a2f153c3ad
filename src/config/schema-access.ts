import { z } from 'zod';
import { readOnlyOf } from '../catalogue/read-only.js';
import { ruleNames } from '../catalogue/rule-name.js';
import { serviceNamed } from '../catalogue/service-named.js';
import { services } from '../catalogue/services.js';
import { UsageError } from '../core/usage-error.js';
import { parseHostPattern, type HostPattern } from '../policy/host-pattern.js';
import { nearest } from './nearest.js';
import { quoted } from './found.js';
import { text } from './text.js';

/** A service of the catalogue, by its name. */
export const serviceText = text(
  { title: 'service', allowed: 'the name of a service that is known, see docs/services.md' },
  (name) => {
    if (serviceNamed(name) !== undefined) return name;
    const near = nearest(
      name,
      services.map((service) => service.name),
    );
    throw new UsageError(
      `The service cannot be used: ${near === undefined ? 'there is none of this name' : `the nearest is ${quoted(near)}`}.`,
    );
  },
);

/** The keys of a policy that speak of a service as a whole. */
export const accessKeys = {
  service: serviceText
    .optional()
    .describe(
      'The service that the hosts are of, by its name in the catalogue: its own hosts where `hosts` is left out, and its rules on new credentials.',
    ),
  access: z
    .enum(['all', 'read-only'])
    .prefault('all')
    .describe(
      '`read-only`: what the reviewed list of the service allows (docs/services.md), in place of `methods` and `paths`.',
    ),
};

/** The hosts of a policy: as written, or those of its service; undefined where neither says any. */
export function hostsOf(
  hosts: readonly HostPattern[] | undefined,
  service: string | undefined,
  access: 'all' | 'read-only',
): readonly HostPattern[] | undefined {
  if (hosts !== undefined) return hosts;
  const known = service === undefined ? undefined : serviceNamed(service);
  if (known === undefined) return undefined;
  const variant = readOnlyOf(known);
  const own = access === 'read-only' && 'hosts' in variant ? variant.hosts : known.hosts;
  return own.length === 0 ? undefined : own.map(parseHostPattern);
}

/** A service, or one of its rules on new credentials. */
const mintingText = text(
  {
    title: 'service or service/rule',
    allowed: 'the name of a service, or of one of its rules such as github/deploy-keys, see docs/services.md',
  },
  (name) => {
    const rules = services.flatMap(ruleNames);
    const known = [...services.map((service) => service.name), ...rules];
    if (known.includes(name)) return name;
    const [service = ''] = name.split('/', 1);
    const own = rules.filter((rule) => rule.startsWith(`${service}/`));
    const near = nearest(name, name.includes('/') && own.length > 0 ? own : known);
    throw new UsageError(
      `The name cannot be used: ${near === undefined ? othersOf(service, own) : `the nearest is ${quoted(near)}`}.`,
    );
  },
);

/** What stands in place of a name that is near to none. */
function othersOf(service: string, rules: readonly string[]): string {
  return rules.length === 0 ? 'there is none of this name' : `${service} has ${rules.join(', ')}`;
}

export function mintingKey() {
  return z
    .array(mintingText)
    .prefault([])
    .describe(
      'Services, or single rules of theirs (`github/deploy-keys`), whose requests for new credentials are let through. Elsewhere they are denied wherever a policy sends a credential: what an allowed program is handed, it holds.',
    );
}
