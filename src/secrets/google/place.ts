import type { HttpAnswer, HttpClient } from '../../net/client.js';
import { asUnavailable, objectIn } from '../answer.js';
import type { ConnectionOptions } from '../connection-options.js';
import { connectTo } from '../connection-options.js';
import type { SourceContext } from '../source-context.js';
import { failureOf } from './failure.js';

/** One of Google's interfaces, as a secret asks it. */
export interface Place {
  /** `host:port`. */
  readonly origin: string;
  /** The object that it answers with. Rejects with `secret_unavailable`, in which nothing of the answer is. */
  ask(asking: Asking): Promise<Readonly<Record<string, unknown>>>;
}

export interface Asking {
  /** Below the address. */
  readonly path?: string;
  /** A form, or an object to be sent as JSON. */
  readonly body: URLSearchParams | object;
  readonly bearer?: string;
  /** What is shown there, as a sentence names it. */
  readonly shown: string;
  readonly signal: AbortSignal;
}

export function placeAt(address: string, options: ConnectionOptions, context: SourceContext): Place {
  const { name, clock } = context;
  const { pathname, origin: root } = new URL(address);
  const http = connectTo(root, options, context);
  const { origin } = http;
  return {
    origin,
    async ask({ path = '', body, bearer, shown, signal }) {
      const answer = await send(http, pathname.replace(/\/+$/, '') + path, { body, bearer, signal }).catch(
        (error: unknown) => {
          throw asUnavailable(name, error);
        },
      );
      if (answer.status === 200) return objectIn(name, answer, origin);
      throw failureOf({ name, origin, shown }, answer, clock.now());
    },
  };
}

function send(
  http: HttpClient,
  path: string,
  { body, bearer, signal }: { body: URLSearchParams | object; bearer: string | undefined; signal: AbortSignal },
): Promise<HttpAnswer> {
  const isForm = body instanceof URLSearchParams;
  const headers = {
    'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
  };
  return http.request({ method: 'POST', path, headers, body: isForm ? body.toString() : JSON.stringify(body), signal });
}
