import type { Clock } from '../core/clock.js';
import type { HttpClient, HttpClientOptions } from '../net/client.js';
import type { OnSecretEvent } from './event.js';
import type { Store } from './store/index.js';

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
  /** The built-in store of the configuration. */
  readonly store?: Pick<Store, 'sealed'>;
}

/** What a source is made with. `Served` is the backend it belongs to; most need none. */
export interface SourceContext<Served = unknown> extends CommonContext {
  readonly backend: Served;
}
