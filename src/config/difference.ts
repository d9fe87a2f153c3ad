import { isDeepStrictEqual } from 'node:util';
import type { Config } from './config.js';
import type { ListenAddress } from './schema-listen.js';

/** More than these are counted: the list stands in one record of the audit. */
const mostChanges = 60;

/**
 * What is different between two configurations, by name: `policy github-read changed`, `limit drain_timeout changed`. What was
 * and what is now is never told: the audit holds names, and the file itself has its own history. Pure.
 */
export function differences(before: Config, after: Config): readonly string[] {
  const all = [
    ...entries('policy', named(before.policies), named(after.policies)),
    ...(isReordered(before.policies, after.policies) ? ['policies in another order'] : []),
    ...entries('deny rule', named(before.deny), named(after.deny)),
    ...entries('client', named(before.clients), named(after.clients)),
    ...entries('backend', before.backends, after.backends),
    ...entries('secret', before.secrets, after.secrets),
    ...entries('destination', before.destinations, after.destinations),
    ...entries('listener', listeners(before), listeners(after)),
    ...entries('limit', limits(before), limits(after)),
    ...sections.flatMap(([name, of]) => (isDeepStrictEqual(of(before), of(after)) ? [] : [`${name} changed`])),
  ];
  return all.length <= mostChanges
    ? all
    : [...all.slice(0, mostChanges), `and ${all.length - mostChanges} more changes`];
}

/** The destinations, `host:port`, that are reached in another way than before. */
export function movedDestinations(before: Config, after: Config): ReadonlySet<string> {
  const names = new Set([...before.destinations.keys(), ...after.destinations.keys()]);
  return new Set(
    [...names].filter((name) => !isDeepStrictEqual(before.destinations.get(name), after.destinations.get(name))),
  );
}

/** The parts without names of their own. */
const sections: readonly (readonly [name: string, of: (config: Config) => unknown])[] = [
  ['unsafe_anonymous', ({ unsafeAnonymous }) => unsafeAnonymous],
  ['unsafe_minting', ({ unsafeMinting }) => unsafeMinting],
  ['unsafe_plain_listener', ({ listen }) => listen.unsafePlainListener],
  ['ca', ({ ca }) => ca],
  ['store', ({ store }) => store],
  ['audit', ({ audit }) => audit],
  ['upstream', ({ upstream }) => upstream],
  ['default', (config) => config.default],
  ['run', ({ run }) => run],
  ['placeholder_key_file', ({ placeholderKeyFile }) => placeholderKeyFile],
];

type Named = ReadonlyMap<string, unknown>;

function entries(what: string, before: Named, after: Named): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    if (!before.has(name)) return [`${what} ${name} added`];
    if (!after.has(name)) return [`${what} ${name} removed`];
    return isDeepStrictEqual(before.get(name), after.get(name)) ? [] : [`${what} ${name} changed`];
  });
}

function named(list: readonly { readonly name: string }[]): Named {
  return new Map(list.map((entry) => [entry.name, entry]));
}

function limits({ limits }: Config): Named {
  return new Map(
    Object.entries(limits).map(([member, value]) => [
      member.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
      value,
    ]),
  );
}

function listeners({ listen }: Config): Named {
  const written = listen.proxy.map(inWords);
  const admin = listen.admin === undefined ? [] : [`admin ${inWords(listen.admin)}`];
  // The same one may be there twice: port 0 stands for another port each time.
  return new Map(
    [...new Set([...written, ...admin])].map((name) => [name, written.filter((one) => one === name).length]),
  );
}

function inWords(address: ListenAddress): string {
  return address.transport === 'unix'
    ? `unix:${address.path}`
    : `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

/** The first policy that matches decides, so their order is part of what they say. */
function isReordered(before: Config['policies'], after: Config['policies']): boolean {
  const names = (list: Config['policies'], other: Config['policies']): string[] =>
    list.map(({ name }) => name).filter((name) => other.some((one) => one.name === name));
  return !isDeepStrictEqual(names(before, after), names(after, before));
}
