import { defineKind } from '../core/kind.js';
import { UsageError } from '../core/usage-error.js';
import type { ClientCertificate } from '../net/client-certificate.js';
import type { Credential } from '../secrets/index.js';
import { checkTime, openKeyPair, type KeyPair } from './client-key-pair.js';
import type { Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import { secretField, secretName } from './signer-options.js';
import { unusable } from './usable.js';
import { valueOf } from './template.js';

/** Where sources have them: Kubernetes (`kubernetes.io/tls`), Vault's PKI engine, files, and one text with both. */
const certificateFields = ['tls_crt', 'certificate', 'cert', 'value'];
const keyFields = ['tls_key', 'private_key', 'key', 'value'];

/** A certificate of ours, shown to a destination that asks for one in the TLS handshake (RFC 8446 section 4.3.2). */
export const clientCertificateSigner = defineKind({
  kind: 'client-certificate',
  summary:
    'A client certificate that is shown to the destination (mutual TLS). Connections with it are one client’s own. Only in mode `set`, once in a policy, and never over `http://`.',
  options: {
    secret: secretName.describe('The secret that holds certificate and private key, in PEM.'),
    certificate: secretField
      .optional()
      .describe(
        'The field with the certificate, intermediates behind it. Left out, the first there is of `tls_crt`, `certificate`, `cert`, `value`.',
      ),
    key: secretField
      .optional()
      .describe(
        'The field with the private key. Left out, the first there is of `tls_key`, `private_key`, `key`, `value`.',
      ),
    chain: secretField
      .optional()
      .describe('A field with intermediates, where they stand apart from the certificate (`issuing_ca` of Vault).'),
    passphrase: secretField.optional().describe('The field with the passphrase of a private key that is encrypted.'),
  },
  make: ({ secret, certificate, key, chain, passphrase }, { mode }: InjectContext): Injection => {
    if (mode !== 'set') {
      throw new UsageError(
        'a client-certificate is in mode: set, as nothing of it travels in a request that could hold a placeholder.',
      );
    }
    const [inCertificate, inKey] = [
      certificate === undefined ? certificateFields : [certificate],
      key === undefined ? keyFields : [key],
    ];
    const textOf = (fields: readonly string[], credentials: Credentials): string => {
      const field = presentOf(fields, secret, credentials);
      return valueOf({ secret, field }, credentials);
    };
    const opened = new WeakMap<Credential, KeyPair & { readonly shown: ClientCertificate }>();
    const open = (
      credential: Credential,
      credentials: Credentials,
    ): KeyPair & { readonly shown: ClientCertificate } => {
      const pair = openKeyPair(secret, {
        certificate: textOf(inCertificate, credentials),
        key: textOf(inKey, credentials),
        chain: chain === undefined ? '' : textOf([chain], credentials),
        passphrase: passphrase === undefined ? undefined : textOf([passphrase], credentials),
      });
      return { ...pair, shown: shownAs(secret, pair, credential) };
    };
    const certificateOf = (credentials: Credentials): ClientCertificate => {
      const credential = credentials.get(secret);
      if (credential === undefined) throw new TypeError(`${secret} was not acquired`);
      const pair = opened.get(credential) ?? open(credential, credentials);
      opened.set(credential, pair);
      // The system's clock, by which the other side looks at it too.
      checkTime(secret, pair, Date.now());
      return pair.shown;
    };
    return {
      place: 'client certificate',
      mode,
      fields: [],
      secrets: [secret],
      wants: () => true,
      // Nothing of it is in the request. The key is looked for in answers line by line, however the lines are put together.
      inject: (_, __, credentials) => linesOf(textOf(inKey, credentials)),
      certificate: certificateOf,
      tryKeys: certificateOf,
    };
  },
});

type Credentials = ReadonlyMap<string, Credential>;

/** The first of the fields that the secret has. Throws `secret_unavailable` where it has none. */
function presentOf(fields: readonly string[], secret: string, credentials: Credentials): string {
  const [only] = fields;
  if (only !== undefined && fields.length === 1) return only;
  for (const field of fields) {
    try {
      valueOf({ secret, field }, credentials);
      return field;
    } catch (error) {
      // Another may be there.
      if (error instanceof TypeError) throw error;
    }
  }
  throw unusable({ secret, field: fields.join(' or ') }, 'is not there');
}

/** The object is the same for each use of a credential: contexts are kept by it. */
function shownAs(
  secret: string,
  { id, contextWith }: KeyPair,
  { version, fingerprint }: Credential,
): ClientCertificate {
  return { secret, id: JSON.stringify([version, fingerprint, id]), contextWith };
}

/** Lines of base64 (RFC 7468 section 2) that no other text has by chance. */
function linesOf(pem: string): readonly string[] {
  return pem.split(/[\r\n]+/).filter((line) => /^(?=.{16})[A-Za-z0-9+/]+={0,2}$/.test(line));
}
