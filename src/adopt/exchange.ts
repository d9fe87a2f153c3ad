import type { InjectOption, BoundSecret } from './binding.js';
import type { Claim } from './claim.js';
import type { Leftover } from './leftovers.js';

/** An access token that the program fetches by itself with secrets that it gets placeholders of: the proxy does in its place. */
export interface Exchange {
  /** Of the access token. */
  readonly secretName: string;
  /** In the catalogue. */
  readonly services: readonly string[];
  /** URL of the token endpoint. */
  readonly endpoint: string;
  readonly clientId: string;
  readonly clientAuth: 'basic' | 'post';
  /** The name of the secret with the client secret. */
  readonly clientSecret: string;
  /** The name of the secret with the refresh token; without it, the client asks by its own right. */
  readonly refreshToken?: string;
  /** Where the access token goes, in the grammar of `hosts` in the configuration. */
  readonly hosts: readonly string[];
  readonly inject: readonly InjectOption[];
  /** See `untyped` of the catalogue's places. */
  readonly untyped?: boolean;
  /** Shape of the access token's placeholder. */
  readonly shape: string;
}

/** What the claims of client secrets are exchanged for; without its client's id, none can be. */
export function findExchanges(
  claims: readonly Claim[],
  bound: readonly BoundSecret[],
  environment: Readonly<Record<string, string>>,
): { readonly exchanges: readonly Exchange[]; readonly leftovers: readonly Leftover[] } {
  const exchanges: Exchange[] = [];
  const leftovers: Leftover[] = [];
  for (const { service, where, hosts, places, found } of claims) {
    const place = places.find((one) => one.place === 'token');
    const clientSecret = bound.find(({ value }) => value === found.secret)?.binding.secretName;
    if (place === undefined || clientSecret === undefined) continue;
    const clientId = environment[place.clientId] ?? '';
    if (clientId === '')
      leftovers.push({ where, why: `${place.clientId} is not set, so it cannot be exchanged for a token` });
    else {
      const about = { secretName: `${clientSecret}-access`, services: [service], clientSecret, clientId, hosts };
      exchanges.push(exchangeOf(about, place));
    }
  }
  return { exchanges, leftovers };
}

function exchangeOf(
  about: Pick<Exchange, 'secretName' | 'services' | 'clientSecret' | 'clientId' | 'hosts'>,
  { path, auth, shape, header, untyped }: Extract<Claim['places'][number], { place: 'token' }>,
): Exchange {
  const [host = ''] = about.hosts;
  const inject = [bearerOf(about.secretName, header)];
  return { ...about, endpoint: `https://${host}${path}`, clientAuth: auth, inject, ...(untyped && { untyped }), shape };
}

export function bearerOf(secretName: string, name = 'authorization'): InjectOption {
  return { place: 'header', name, template: `{${secretName}}`, mode: 'substitute' };
}
