import type { AnyKind } from '../core/kind.js';
import { basicPlace } from './basic.js';
import { cookiePlace } from './cookie.js';
import { headerPlace } from './header.js';
import type { Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import { pathPlace } from './path.js';
import { queryPlace } from './query.js';
import { wsPlace } from './ws.js';

/** Every place a credential can go. */
export const placeKinds: readonly AnyKind<InjectContext, Injection>[] = [
  headerPlace,
  basicPlace,
  queryPlace,
  pathPlace,
  cookiePlace,
  wsPlace,
];

/** Every way to sign a request, or the connection it goes on, with a key. */
export const signerKinds: readonly AnyKind<InjectContext, Injection>[] = [];

/** Refused by name until they are here. */
export const laterPlaces: readonly string[] = ['form', 'json'];
export const laterSigners: readonly string[] = ['sigv4', 'hmac', 'client-certificate'];
