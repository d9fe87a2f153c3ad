import type { AnyKind } from '../core/kind.js';
import { basicPlace } from './basic.js';
import { headerPlace } from './header.js';
import type { Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import { sigv4Signer } from './sigv4.js';
import { wsPlace } from './ws.js';

/** Every place a credential can go. */
export const placeKinds: readonly AnyKind<InjectContext, Injection>[] = [headerPlace, basicPlace, wsPlace];

/** Every way to sign a request, or the connection it goes on, with a key. */
export const signerKinds: readonly AnyKind<InjectContext, Injection>[] = [sigv4Signer];

/** Refused by name until they are here. */
export const laterPlaces: readonly string[] = ['query', 'path', 'cookie', 'form', 'json'];
export const laterSigners: readonly string[] = ['hmac', 'client-certificate'];
