import type { Clock } from '../core/clock.js';
import type { Sealed } from '../core/sealed.js';
import type { HttpClient, HttpClientOptions } from '../net/client.js';
import type { OnSecretEvent } from './event.js';
import type { Store } from './store/index.js';

/** What came out of something that opens only once; it is kept by a keyed digest of that, for a backend that takes the place of another. */
export interface OpenedOnce {
  /** Where it was opened: what was in it is good there, and goes nowhere else. */
  readonly place: string;
  /** The file that it came in. */
  readonly file: string;
  /** Undefined where that failed. */
  content: Promise<Sealed> | undefined;
  /** It was sent to be opened, whatever came of that. */
  wasSent: boolean;
}

/** What sources and backends are made with, beside their options. */
export interface CommonContext {
  /** The name of the secret, or of the backend, in the configuration. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder of the configuration file: where relative paths begin. */
  readonly folder: string;
  /** That file, for messages that name a whole command. */
  readonly configFile?: string;
  readonly clock: Clock;
  /** The way to whatever speaks HTTP: the only one. */
  readonly http: (options: HttpClientOptions) => HttpClient;
  /** For logins; what becomes of secrets is told by whoever holds them. */
  readonly onEvent: OnSecretEvent;
  /** What was opened that opens only once, over all reloads. */
  readonly openedOnce?: Map<string, OpenedOnce>;
  /** Nothing is used up that cannot be had again: a secret that would need that is `untried`. */
  readonly trial?: boolean;
  /** The built-in store of the configuration, for kinds that say that they use it. */
  readonly store?: Pick<Store, 'sealed'>;
}

/** What a source is made with. `Served` is the backend it belongs to; most need none. */
export interface SourceContext<Served = unknown> extends CommonContext {
  readonly backend: Served;
}
