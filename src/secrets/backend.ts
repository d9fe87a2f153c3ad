import type { z } from 'zod';
import type { Mistake } from '../core/rule.js';
import type { AnyKind, Kind } from '../core/kind.js';
import { textOption } from './allowed.js';
import type { SecretReference, Source } from './index.js';
import type { CommonContext, SourceContext } from './source-context.js';

/** A server that secrets are read from, named once under `backends` and used by as many secrets as there are. */
export interface Backend {
  /** Where it is reached, `host:port` in canonical form: never a destination of a request. */
  readonly origins: readonly string[];
  /**
   * What its login was refused for may have been mended, also where nothing of that is in the configuration: a pause after it is over, for
   * one login. How long the next pause is goes by all refusals. Absent: there is no such pause.
   */
  retryLogin?(): void;
  /** Gives its own login back where it has one, until the signal aborts, and ends. Never rejects. */
  close(until?: AbortSignal): Promise<void>;
}

/** A secret that leaves this process: where it is named among the options, and the URL that it is sent to. */
export interface Sent {
  readonly path: readonly string[];
  readonly to: string;
}

/** A client of the configuration, by its name, and where it is named among the options. */
export interface NamedClient {
  readonly path: readonly string[];
  readonly name: string;
}

/** A kind of source that reads from a kind of backend: `from` names it, and `backend` which of several is meant. */
export interface AnySourceKind extends AnyKind<SourceContext, Source> {
  /** The kind of backend that it needs. */
  readonly of?: string;
  /** It reads from the built-in store: where that is another, so is the secret. */
  readonly usesStore?: true;
  /** Of the secrets that it is made from, those that it uses once for all callers: they must not differ by caller. */
  readonly sharedParts?: (options: never) => readonly SecretReference[];
  /** Where the secrets that it is made from go, as far as the options tell: the configuration checks that they may. Pure. */
  readonly sends?: (options: never) => readonly Sent[];
  /** The clients that its options name: the configuration checks that there are such. Pure. */
  readonly clients?: (options: never) => readonly NamedClient[];
  /** What its options have to be beside those of its backend. Pure. */
  readonly fits?: (options: never, backend: never) => readonly Mistake[];
}

export interface AnyBackendKind extends AnyKind<CommonContext, Backend> {
  readonly sources: readonly AnySourceKind[];
  /** It keeps its logins apart by caller, where what it logs in with differs by caller. */
  readonly loginByCaller?: true;
  /** As for sources; `uses` is what is read from it. */
  readonly sends?: (options: never, uses: readonly SourceUse[]) => readonly Sent[];
  /**
   * The least that has to be granted to Keywright there for these secrets, in the backend's own language (HCL, JSON …), with comments
   * where that has them. Pure.
   */
  readonly grants?: (options: never, uses: readonly SourceUse[]) => string;
}

/** One secret that is read from a backend. */
export interface SourceUse {
  /** Its name in the configuration. */
  readonly name: string;
  /** The kind of its source. */
  readonly kind: string;
  readonly options: unknown;
}

/** One kind of backend, with the kinds of source that read from it: `make` of each is given the backend. */
export function defineBackend<Shape extends z.ZodRawShape, Made extends Backend>(
  kind: Kind<Shape, CommonContext, Made> & {
    readonly sources: readonly SourceOf<Made>[];
    readonly loginByCaller?: true;
    readonly sends?: (options: z.output<z.ZodObject<Shape>>, uses: readonly SourceUse[]) => readonly Sent[];
    readonly grants?: (options: z.output<z.ZodObject<Shape>>, uses: readonly SourceUse[]) => string;
  },
): AnyBackendKind {
  const sources = kind.sources.map((source) => ({
    ...source,
    of: kind.kind,
    options: { ...source.options, backend: backendName(kind.kind) },
  }));
  return { ...kind, sources } as unknown as AnyBackendKind;
}

/** For the list `sources` of `defineBackend`. */
export type SourceOf<Made> = AnyKind<SourceContext<Made>, Source> & Pick<AnySourceKind, 'clients' | 'fits'>;

export function defineSourceOf<Made>() {
  return <Shape extends z.ZodRawShape>(
    kind: Kind<Shape, SourceContext<Made>, Source> & Pick<AnySourceKind, 'clients' | 'fits'>,
  ): SourceOf<Made> => kind;
}

function backendName(kind: string) {
  return textOption(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, `the name of a backend of type ${kind}`)
    .optional()
    .describe(`The name of the backend; needed where there are several of type \`${kind}\`.`);
}
