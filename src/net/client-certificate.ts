import type { SecureContext, SecureContextOptions } from 'node:tls';

/** What is shown to a destination that asks for a certificate (mutual TLS). Its private key stays behind `contextWith`. */
export interface ClientCertificate {
  /** The secret that it is of. */
  readonly secret: string;
  /** Tells this certificate, in this version of its secret, from every other: connections are never shared between two. */
  readonly id: string;
  /** A context with these options that shows it. Throws `secret_unavailable`. */
  readonly contextWith: (options: SecureContextOptions) => SecureContext;
}
