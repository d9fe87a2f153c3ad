import type { Claim } from './claim.js';

/** An entry of `inject` in the configuration's own grammar. */
export type InjectOption =
  | { readonly place: 'header'; readonly name: string; readonly template: string; readonly mode: 'substitute' }
  | { readonly place: 'basic'; readonly username: string; readonly password: string; readonly mode: 'substitute' }
  | { readonly place: 'ws'; readonly pointer: string; readonly template: string; readonly mode: 'substitute' };

/** One secret that the catalogue knows: where it was, and what the proxy needs to know of it. */
export interface Binding {
  /** In the catalogue; the first one, where several services share the value. */
  readonly service: string;
  /** All of them. */
  readonly services: readonly string[];
  readonly secretName: string;
  /** Variables, and arguments as `argument 3`. */
  readonly from: readonly string[];
  /** In the grammar of `hosts` in the configuration. */
  readonly hosts: readonly string[];
  readonly inject: readonly InjectOption[];
  /** Shape of its placeholder: see src/inject/shape. */
  readonly shape: string;
}

/** A binding with the value it was made from. */
export interface BoundSecret {
  readonly binding: Binding;
  readonly value: string;
}

/** One binding for each value: what stands in two variables is one secret with one placeholder, for the hosts and places of both. */
export function bindSecrets(claims: readonly Claim[], taken: readonly string[]): readonly BoundSecret[] {
  const used = new Set(taken);
  const values = [...new Set(claims.map(({ found }) => found.secret))];
  return values.map((value) => {
    const group = claims.filter(({ found }) => found.secret === value);
    const secretName = unusedName(wantedName(group, claims), used);
    used.add(secretName);
    return { binding: toBinding(group, secretName), value };
  });
}

function toBinding(group: readonly Claim[], secretName: string): Binding {
  const inject = group.flatMap((claim) => injectionsOf(claim, secretName));
  const distinct = new Map(inject.map((option) => [JSON.stringify(option), option]));
  return {
    service: group[0]?.service ?? '',
    services: [...new Set(group.map(({ service }) => service))],
    secretName,
    from: group.map(({ where }) => where),
    hosts: [...new Set(group.flatMap(({ hosts }) => hosts))],
    inject: [...distinct.values()],
    shape: group[0]?.shape ?? '',
  };
}

/** The service's name, or the variable's where the service has several secrets. */
function wantedName(group: readonly Claim[], claims: readonly Claim[]): string {
  const { service, where } = group[0] ?? { service: '', where: '' };
  const alone = claims.every((claim) => claim.service !== service || group.includes(claim));
  const specific = where.startsWith('argument ') ? `${service}-${where}` : where;
  return alone ? service : specific.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

function unusedName(wanted: string, used: ReadonlySet<string>): string {
  let name = wanted;
  for (let count = 2; used.has(name); count += 1) name = `${wanted}-${count}`;
  return name;
}

function injectionsOf(claim: Claim, secretName: string): readonly InjectOption[] {
  const reference = `{${secretName}}`;
  return claim.places.flatMap((place): InjectOption[] => {
    if (place.place === 'header')
      return [{ place: 'header', name: place.name, template: reference, mode: 'substitute' }];
    if (place.place === 'ws') return [{ place: 'ws', pointer: place.pointer, template: reference, mode: 'substitute' }];
    if (place.place === 'basic') return [{ place: 'basic', username: '', password: reference, mode: 'substitute' }];
    return [];
  });
}
