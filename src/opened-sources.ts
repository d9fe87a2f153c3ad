import { isDeepStrictEqual } from 'node:util';
import { backendOf, referencesIn } from './config/check-sources.js';
import type { Config } from './config/load.js';
import { createHttpClient, type HttpClient, type HttpClientOptions } from './net/client.js';
import { parseAuthority } from './policy/authority.js';
import { matchesHost } from './policy/host-pattern.js';
import type { AnySourceKind, Backend } from './secrets/backend.js';
import type { NamedSource } from './secrets/lease.js';
import type { Source } from './secrets/index.js';
import type { CommonContext, SourceContext } from './secrets/source-context.js';
import { openStore, type Store } from './secrets/store/index.js';

/** What all sources and backends of the process are made with, whatever the configuration. */
export interface Surroundings extends Omit<CommonContext, 'name' | 'folder' | 'store' | 'http'> {
  readonly platform: NodeJS.Platform;
  /** Certificates that are trusted beside the usual ones, PEM. */
  readonly trust: readonly string[];
}

/** What was made, and of what: the same is made of the same. */
interface Opened<T> {
  readonly made: T;
  /** What the configuration says of it, itself. */
  readonly said: unknown;
  /** What else it was made of, as objects: where one of them is another, so is this. */
  readonly of: readonly unknown[];
}

export interface OpenedSources {
  readonly store: Opened<Store>;
  readonly backends: ReadonlyMap<string, Opened<Backend>>;
  readonly sources: ReadonlyMap<string, Opened<NamedSource>>;
  /** Closes what was newly made, where it is not needed after all. Never rejects. */
  readonly discard: () => Promise<void>;
}

/**
 * Every backend and every source of one configuration: those of the configuration before, where nothing that they are made of has
 * changed, however far away it is, and else new ones. Throws `UsageError`.
 */
export function openAll(config: Config, around: Surroundings, before: OpenedSources | undefined): OpenedSources {
  const surroundings = { ...around, configFile: config.file };
  const backends = new Map<string, Opened<Backend>>();
  const sources = new Map<string, Opened<NamedSource>>();
  const fresh: (() => Promise<void>)[] = [];
  const discard = async (): Promise<void> => {
    await Promise.all(fresh.map((close) => close()));
  };
  const { store: stored, folder } = config;
  const store = sameOr(before?.store, { said: stored, of: [] }, () => openStore(stored, surroundings));

  const backendAt = (name: string): Backend => {
    const known = backends.get(name);
    const { kind, options } = config.backends.get(name) ?? missing(name);
    const of = known === undefined ? partsIn(options).map(sourceAt) : [];
    const opened =
      known ??
      sameOr(before?.backends.get(name), { said: [kind.kind, options, folder], of }, () => {
        const http = (asked: HttpClientOptions): HttpClient => createHttpClient(asked, surroundings.trust);
        const backend = kind.make(options as never, { ...surroundings, name, folder, http });
        fresh.push(() => backend.close());
        return backend;
      });
    backends.set(name, opened);
    return opened.made;
  };

  const sourceAt = (name: string): NamedSource => {
    const known = sources.get(name);
    if (known !== undefined) return known.made;
    const { kind, options, hosts, plainFields } = config.secrets.get(name) ?? missing(name);
    const { usesStore } = kind as AnySourceKind;
    const at = backendOf(config, kind, options);
    const backend = at === undefined ? undefined : backendAt(at);
    const parts = partsIn(options, at === undefined ? undefined : config.backends.get(at)?.options);
    const of = [backend, usesStore === true ? store.made : undefined, ...parts.map(sourceAt)];
    const opened = sameOr(
      before?.sources.get(name),
      { said: [kind.kind, options, hosts, plainFields, folder], of },
      () => {
        const context = { ...surroundings, name, folder, store: store.made, backend };
        const made = makeSource(context, (within) => kind.make(options as never, within));
        fresh.push(made.close);
        const staysHere = hosts.length === 0;
        return { kind: kind.kind, ...made, plainFields, mayGoTo: among(hosts), staysHere, backend, parts };
      },
    );
    sources.set(name, opened);
    return opened.made;
  };

  try {
    for (const name of config.backends.keys()) backendAt(name);
    for (const name of config.secrets.keys()) sourceAt(name);
  } catch (error) {
    void discard();
    throw error;
  }
  return { store, backends, sources, discard };
}

/** Names of the secrets that these options refer to. */
function partsIn(...options: readonly unknown[]): string[] {
  return referencesIn(options).map(({ reference }) => reference.name);
}

function sameOr<T>(before: Opened<T> | undefined, { said, of }: Omit<Opened<T>, 'made'>, make: () => T): Opened<T> {
  const isSame =
    before !== undefined &&
    isDeepStrictEqual(before.said, said) &&
    before.of.length === of.length &&
    before.of.every((part, index) => part === of[index]);
  return isSame ? before : { made: make(), said, of };
}

/** A source, and all connections that it opens, to be closed with it. */
function makeSource(
  context: Omit<SourceContext, 'http'> & Pick<Surroundings, 'trust'>,
  make: (context: SourceContext) => Source,
): { readonly source: Source; readonly close: () => Promise<void> } {
  const clients: HttpClient[] = [];
  const source = make({
    ...context,
    http: (options) => {
      const client = createHttpClient(options, context.trust);
      clients.push(client);
      return client;
    },
  });
  return {
    source,
    async close() {
      await source.close?.();
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

function among(hosts: Config['policies'][number]['hosts']): NamedSource['mayGoTo'] {
  return (host) => {
    const authority = parseAuthority(host);
    return hosts.some((pattern) => matchesHost(pattern, authority));
  };
}

function missing(name: string): never {
  throw new TypeError(`${name} was not checked`);
}
