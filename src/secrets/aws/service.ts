import type { Clock } from '../../core/clock.js';
import type { HttpAnswer, HttpClient } from '../../net/client.js';
import { failureOf } from './failure.js';
import type { AwsKeys } from './keys.js';
import { signedHeaders } from './sign.js';

export interface AwsRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One of AWS's services at one place. */
export interface AwsService {
  /** `host:port`. */
  readonly origin: string;
  /**
   * Sends one request, signed where there are keys. Resolves to an answer of success; rejects with `AwsFailure`, `ClientError` or the
   * signal's reason.
   */
  ask(request: AwsRequest, keys: AwsKeys | undefined, signal: AbortSignal): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface AwsServiceOptions {
  /** As it stands in the scope of a signature. */
  readonly service: string;
  readonly region: string;
  readonly address: string;
  readonly client: HttpClient;
  readonly clock: Clock;
}

export function awsService({ service, region, address, client, clock }: AwsServiceOptions): AwsService {
  const url = new URL(`${address.replace(/\/+$/, '')}/`);
  return {
    origin: client.origin,
    async ask({ headers, body }, keys, signal) {
      const plain = { url, headers, body };
      const ready =
        keys === undefined ? headers : await signedHeaders(plain, keys, { service, region, now: clock.now() });
      // STS answers in JSON of another shape where JSON is asked for.
      const answer = await client.request({
        method: 'POST',
        path: '/',
        headers: { ...ready, accept: '*/*' },
        body,
        signal,
      });
      if (answer.status !== 200) throw failureOf(client.origin, answer, clock.now());
      return answer;
    },
    close: () => client.close(),
  };
}
