import { originOf, type HttpClient } from '../../net/client.js';
import { connectTo } from '../connection-options.js';
import type { SourceContext } from '../source-context.js';
import type { OauthOptions } from './options.js';
import { discoverTokenUrl, type Place } from './server.js';

/** Milliseconds that the metadata of a server are taken at their word. */
const metadataLifetime = 3_600_000;
/** Milliseconds until they are asked for again where that failed, and how long they are waited for when nobody else waits. */
const pause = 60_000;
const patience = 30_000;

/**
 * Rejects where what goes to a token endpoint may not go to this `host:port`. `isForeign`: it is neither where it went before nor the
 * issuer itself, so that a key has to name it.
 */
export type CheckPlace = (origin: string, isForeign: boolean) => Promise<void>;

/**
 * Where tokens are asked for: as the configuration says, or as the metadata of the issuer do. These are asked for by the first who needs
 * them, and then once an hour on the side: while they cannot be had, or are none that can be used, or lead to where the secrets may not go,
 * tokens come from where they came before.
 */
export function tokenPlace(
  options: OauthOptions,
  context: SourceContext,
): (signal: AbortSignal, check: CheckPlace) => Promise<Place> {
  const { token_url, issuer } = options;
  const { name, clock } = context;
  const connect = (url: string): HttpClient => connectTo(url, options, context);
  if (token_url !== undefined) {
    const place = placeOf(new URL(token_url), issuer ?? token_url, connect);
    return () => Promise.resolve(place);
  }
  if (issuer === undefined) throw new TypeError('terms were not checked');
  const metadata = placeOf(new URL(issuer), issuer, connect);
  const places = new Places((url, http) => placeOf(url, issuer, (at) => http ?? connect(at)));
  let until = 0;
  const discover = async (signal: AbortSignal, check: CheckPlace): Promise<Place> => {
    const url = await discoverTokenUrl({ name, place: metadata, signal });
    const origin = originOf(url);
    const usual = [metadata.http.origin, places.current?.http.origin ?? origin];
    await check(origin, !usual.includes(origin));
    until = clock.elapsed() + metadataLifetime;
    return places.moveTo(url);
  };
  return async (signal, check) => {
    const { current } = places;
    if (current === undefined) return discover(signal, check);
    if (clock.elapsed() >= until) {
      until = clock.elapsed() + pause;
      // What was known before holds on, so nobody has to hear why.
      discover(AbortSignal.timeout(patience), check).catch(() => undefined);
    }
    return current;
  };
}

/** Where tokens come from now, and came from last: a move is an hour after the one before, so nobody uses an older one any more. */
class Places {
  current: Place | undefined;
  #last: Place | undefined;
  readonly #open: (url: URL, http: HttpClient | undefined) => Place;

  constructor(open: (url: URL, http: HttpClient | undefined) => Place) {
    this.#open = open;
  }

  moveTo(url: URL): Place {
    const { current } = this;
    const [last, known] = [this.#last, [current, this.#last].filter((place) => place !== undefined)];
    if (current?.url.href === url.href) return current;
    const http = known.find((place) => place.url.origin === url.origin)?.http;
    const next = this.#open(url, http);
    this.#last = current;
    this.current = next;
    if (last !== undefined && last.http !== current?.http && last.http !== next.http) void last.http.close();
    return next;
  }
}

export function placeOf(url: URL, audience: string, connect: (url: string) => HttpClient): Place {
  return { url, audience, http: connect(url.origin) };
}
