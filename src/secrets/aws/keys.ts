import type { Sealed } from '../../core/sealed.js';
import type { FetchContext } from '../index.js';

/** What a request to AWS is signed with. */
export interface AwsKeys {
  readonly id: Sealed;
  readonly secret: Sealed;
  /** Of temporary keys; it goes with each request. */
  readonly token?: Sealed | undefined;
}

export interface TemporaryKeys extends AwsKeys {
  readonly token: Sealed;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Where the keys of a backend come from. */
export interface KeySource {
  /** `to` is the `host:port` that a request signed with them is sent to. Rejects with `AwsFailure`, `ClientError` or a refusal. */
  keys(context: FetchContext, to: string): Promise<AwsKeys>;
  /** AWS has called these dead: they are not given out again. True where there can be others now. */
  discard(keys: AwsKeys): boolean;
  /** By what a pause after keys that were refused is remembered. Good for nothing by itself. */
  nameOf(keys: AwsKeys): string;
  close(): void;
}
