import type { HttpClient } from '../../net/client.js';
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
 * Where tokens are asked for: as the configuration says, or as the metadata of the issuer do. These are asked for by the first who needs
 * them, and then once an hour on the side: while they cannot be had, or are none that can be used, tokens come from where they came before.
 */
export function tokenPlace(options: OauthOptions, context: SourceContext): (signal: AbortSignal) => Promise<Place> {
  const { token_url, issuer } = options;
  const { name, clock } = context;
  const connect = (url: string): HttpClient => connectTo(url, options, context);
  if (token_url !== undefined) {
    const place = placeOf(new URL(token_url), issuer ?? token_url, connect);
    return () => Promise.resolve(place);
  }
  if (issuer === undefined) throw new TypeError('terms were not checked');
  const metadata = placeOf(new URL(issuer), issuer, connect);
  let known: { readonly place: Place; readonly until: number } | undefined;
  const discover = async (signal: AbortSignal): Promise<Place> => {
    const url = await discoverTokenUrl({ name, place: metadata, signal });
    const place = known?.place.url.href === url.href ? known.place : placeOf(url, issuer, connect);
    known = { place, until: clock.elapsed() + metadataLifetime };
    return place;
  };
  return async (signal) => {
    if (known === undefined) return discover(signal);
    const { place, until } = known;
    if (clock.elapsed() >= until) {
      known = { place, until: clock.elapsed() + pause };
      // What was known before holds on, so nobody has to hear why.
      discover(AbortSignal.timeout(patience)).catch(() => undefined);
    }
    return place;
  };
}

export function placeOf(url: URL, audience: string, connect: (url: string) => HttpClient): Place {
  return { url, audience, http: connect(url.origin) };
}
