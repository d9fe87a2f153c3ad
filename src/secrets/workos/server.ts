import type { HttpAnswer, HttpClient, HttpRequest } from '../../net/client.js';
import { asUnavailable, isForeign, objectIn } from '../answer.js';
import type { Backend } from '../backend.js';
import { reasonOf } from '../giving-back.js';
import type { FetchContext } from '../index.js';
import { reveal } from '../seal.js';
import type { CommonContext } from '../source-context.js';
import { valueVersion } from '../value-version.js';
import { apiKeyFrom, type ApiKeyPlace } from './api-key.js';
import { failureOf } from './failure.js';

/** WorkOS, with the key of one environment of it. */
export interface Workos extends Backend {
  /** The object that WorkOS answers with. Rejects with `secret_unavailable`, in which nothing of the answer is. */
  ask(asking: Asking): Promise<Readonly<Record<string, unknown>>>;
}

export interface Asking extends Pick<HttpRequest, 'method' | 'path'> {
  /** The name of the secret that it is for. */
  readonly name: string;
  /** What is asked for, as a sentence names it. */
  readonly what: string;
  /** To be sent as JSON. */
  readonly body?: object;
  readonly fetching: FetchContext;
}

export interface WorkosOptions extends ApiKeyPlace {
  readonly context: CommonContext;
  readonly http: HttpClient;
}

/** Milliseconds that a key which was refused is not shown again. */
const pause = 60_000;

export function openWorkos(options: WorkosOptions): Workos {
  const { context, http } = options;
  const { clock, onEvent } = context;
  const { origin } = http;
  /** By a digest of the key: another one is tried at once. */
  let refused: { readonly key: string; readonly answer: HttpAnswer; readonly until: number } | undefined;
  return {
    origins: [origin],
    async ask({ name, what, fetching, ...request }) {
      const key = await apiKeyFrom(options, { context, name, origin }, fetching);
      const version = valueVersion(reveal(key));
      const asked = { name, what, origin };
      if (refused?.key === version && clock.elapsed() < refused.until) {
        throw failureOf(asked, refused.answer, clock.now());
      }
      const answer = await send(http, reveal(key), request, fetching.signal).catch((error: unknown) => {
        throw asUnavailable(name, error);
      });
      if (answer.status === 200) return objectIn(name, answer, origin);
      const failure = failureOf(asked, answer, clock.now());
      if (answer.status === 401 && !isForeign(answer)) {
        // Nothing of its text is needed, but that it was WorkOS's.
        refused = { key: version, answer: { ...answer, text: '{}' }, until: clock.elapsed() + pause };
        onEvent({ event: 'login_failed', backend: context.name, reason: reasonOf(failure) });
      }
      throw failure;
    },
    close: () => http.close(),
  };
}

function send(
  http: HttpClient,
  key: string,
  { method, path, body }: Pick<Asking, 'method' | 'path' | 'body'>,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const authorization = `Bearer ${key}`;
  if (body === undefined) return http.request({ method, path, headers: { authorization }, signal });
  const headers = { authorization, 'content-type': 'application/json' };
  return http.request({ method, path, headers, body: JSON.stringify(body), signal });
}
