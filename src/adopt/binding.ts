import type { Claim } from './claim.js';

/** An entry of `inject` in the configuration's own grammar. */
export type InjectOption =
  | { readonly place: 'header'; readonly name: string; readonly template: string; readonly mode: 'substitute' }
  | { readonly place: 'basic'; readonly username: string; readonly password: string; readonly mode: 'substitute' }
  | { readonly place: 'form'; readonly field: string; readonly template: string; readonly mode: 'substitute' }
  | { readonly place: 'json'; readonly pointer: string; readonly template: string; readonly mode: 'substitute' }
  | { readonly place: 'query'; readonly name: string; readonly template: string; readonly mode: 'substitute' }
  | { readonly place: 'path'; readonly template: string; readonly mode: 'substitute' }
  | { readonly place: 'cookie'; readonly name: string; readonly template: string; readonly mode: 'substitute' }
  | { readonly place: 'ws'; readonly pointer: string; readonly template: string; readonly mode: 'substitute' }
  | ({ readonly sign: 'sigv4'; readonly mode: 'substitute' } & Readonly<
      Record<'access_key_id' | 'secret_access_key', string>
    > & {
        readonly session_token?: string;
      });

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
  /** It is on no request of the child: the proxy sends it to a token endpoint by itself. */
  readonly isExchanged?: boolean;
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
  const named = values.map((value) => {
    const group = claims.filter(({ found }) => found.secret === value);
    const secretName = unusedName(wantedName(group, claims), used);
    used.add(secretName);
    return { group, secretName, value };
  });
  const sigv4 = new Map(named.flatMap(({ group, secretName }) => sigv4Parts(group).map((part) => [part, secretName])));
  return named.map(({ group, secretName, value }) => ({ binding: toBinding(group, secretName, sigv4), value }));
}

/**
 * Whether nothing of it goes to a host but what is worth nothing without the key, and signatures that are good there alone: the signer
 * makes none for a service that the host is not named after (inject/sigv4/served), since a service would take it from whoever saw it
 * elsewhere. Then it may stand where hosts of different owners share a suffix.
 */
export function signsOnly({ inject, isExchanged = false }: Pick<Binding, 'inject' | 'isExchanged'>): boolean {
  return !isExchanged && inject.every((option) => 'sign' in option);
}

type Sigv4Parts = ReadonlyMap<string, string>;

function toBinding(group: readonly Claim[], secretName: string, sigv4: Sigv4Parts): Binding {
  const inject = group.flatMap((claim) => [...injectionsOf(claim, secretName), ...signaturesOf(claim, sigv4)]);
  const distinct = new Map(inject.map((option) => [JSON.stringify(option), option]));
  return {
    service: group[0]?.service ?? '',
    services: [...new Set(group.map(({ service }) => service))],
    secretName,
    from: group.map(({ where }) => where),
    hosts: [...new Set(group.flatMap(({ hosts }) => hosts))],
    inject: [...distinct.values()],
    ...(group.some(({ places }) => places.some(({ place }) => place === 'token')) && { isExchanged: true }),
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
    if (place.place === 'header' || place.place === 'query' || place.place === 'cookie')
      return [{ place: place.place, name: place.name, template: reference, mode: 'substitute' }];
    if (place.place === 'path')
      return [{ place: 'path', template: place.template.replace('{secret}', reference), mode: 'substitute' }];
    if (place.place === 'form') return [{ place: 'form', field: place.field, template: reference, mode: 'substitute' }];
    if (place.place === 'json')
      return [{ place: 'json', pointer: place.pointer, template: reference, mode: 'substitute' }];
    if (place.place === 'ws') return [{ place: 'ws', pointer: place.pointer, template: reference, mode: 'substitute' }];
    if (place.place === 'basic') return [{ place: 'basic', username: '', password: reference, mode: 'substitute' }];
    return [];
  });
}

function sigv4Parts(group: readonly Claim[]): readonly string[] {
  return group.flatMap(({ places }) => places.flatMap((place) => (place.place === 'sigv4' ? [place.part] : [])));
}

/** Keys are told by their ID, in whose place the placeholder is sent; without a part of them nothing can be signed. */
function signaturesOf({ places }: Claim, parts: Sigv4Parts): readonly InjectOption[] {
  const [id, key, token] = ['access_key_id', 'secret_access_key', 'session_token'].map((part) => parts.get(part));
  const isId = places.some((place) => place.place === 'sigv4' && place.part === 'access_key_id');
  if (!isId || id === undefined || key === undefined) return [];
  const keys = { access_key_id: id, secret_access_key: key, ...(token !== undefined && { session_token: token }) };
  return [{ sign: 'sigv4', ...keys, mode: 'substitute' }];
}
