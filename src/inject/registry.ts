import type { AnyKind } from '../core/kind.js';
import { basicPlace } from './basic.js';
import { clientCertificateSigner } from './client-certificate.js';
import { cookiePlace } from './cookie.js';
import { formPlace } from './form.js';
import { headerPlace } from './header.js';
import { hmacSigner } from './hmac.js';
import type { Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import { jsonPlace } from './json.js';
import { pathPlace } from './path.js';
import { queryPlace } from './query.js';
import { sigv4Signer } from './sigv4.js';
import { textPlace } from './text.js';
import { wsPlace } from './ws.js';

/** Every place a credential can go. */
export const placeKinds: readonly AnyKind<InjectContext, Injection>[] = [
  headerPlace,
  basicPlace,
  queryPlace,
  pathPlace,
  cookiePlace,
  formPlace,
  jsonPlace,
  textPlace,
  wsPlace,
];

/** Every way to sign a request, or the connection it goes on, with a key. */
export const signerKinds: readonly AnyKind<InjectContext, Injection>[] = [
  sigv4Signer,
  hmacSigner,
  clientCertificateSigner,
];
