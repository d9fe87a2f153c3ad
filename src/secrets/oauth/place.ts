import type { HttpClient } from '../../net/client.js';
import { connectTo } from '../connection-options.js';
import type { SourceContext } from '../source-context.js';
import type { OauthOptions } from './options.js';
import { discoverTokenUrl, type Place } from './server.js';

/** Milliseconds that the metadata of a server is taken at its word. */
const metadataLifetime = 3_600_000;

/** Where tokens are asked for: as the configuration says, or as the metadata of the issuer does, which are asked for once an hour. */
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
  return async (signal) => {
    if (known === undefined || clock.elapsed() >= known.until) {
      const url = await discoverTokenUrl({ name, place: metadata, signal });
      const isSame = url.href === known?.place.url.href;
      const place = isSame && known !== undefined ? known.place : placeOf(url, issuer, connect);
      known = { place, until: clock.elapsed() + metadataLifetime };
    }
    return known.place;
  };
}

export function placeOf(url: URL, audience: string, connect: (url: string) => HttpClient): Place {
  return { url, audience, http: connect(url.origin) };
}
