import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import type { ClientCertificate } from './client-certificate.js';

/** Sessions kept for one trust set; the one stored longest ago goes first. */
const maximumSessions = 1024;

/** A TLS session that can be resumed, and until when (milliseconds since 1970) what was verified for it holds. */
export interface Session {
  readonly ticket: Buffer;
  readonly until: number;
}

/**
 * What a connection is verified with: a context of the system's roots and the certificates given besides, and the sessions that
 * were opened under it. A resumed session skips the certificate, so one is only ever offered to the name it was verified for,
 * under the same trust.
 */
export class Trust {
  readonly context: tls.SecureContext;
  readonly #options: tls.SecureContextOptions;
  readonly #showing = new WeakMap<ClientCertificate, tls.SecureContext>();
  readonly #sessions = new Map<string, Session>();

  constructor(caPem: readonly string[] | undefined) {
    this.#options = optionsWith(caPem);
    this.context = tls.createSecureContext(this.#options);
  }

  /** The same, showing this certificate to a server that asks for one. Throws `secret_unavailable`. */
  contextShowing(certificate: ClientCertificate): tls.SecureContext {
    const context = this.#showing.get(certificate) ?? certificate.contextWith(this.#options);
    this.#showing.set(certificate, context);
    return context;
  }

  /** `now` in milliseconds since 1970. */
  sessionFor(name: string, now: number): Session | undefined {
    const session = this.#sessions.get(name);
    return session !== undefined && now < session.until ? session : undefined;
  }

  keepSession(name: string, session: Session): void {
    this.#sessions.delete(name);
    this.#sessions.set(name, session);
    const [oldest] = this.#sessions.size > maximumSessions ? this.#sessions.keys() : [];
    if (oldest !== undefined) this.#sessions.delete(oldest);
  }

  forgetSession(name: string): void {
    this.#sessions.delete(name);
  }
}

const known = new WeakMap<readonly string[], Trust>();
let system: Trust | undefined;

/** One `Trust` for each array: reading a hundred roots takes milliseconds. */
export function trustOf(caPem: readonly string[] | undefined): Trust {
  if (caPem === undefined) return (system ??= new Trust(undefined));
  const trust = known.get(caPem) ?? new Trust(caPem);
  known.set(caPem, trust);
  return trust;
}

/** Since Node 22.15; its types are those of Node 20. */
const { getCACertificates } = tls as { readonly getCACertificates?: (kind: 'default') => string[] };

/** The default roots are Node's, or the system's where it was started so; `caPem` comes on top. */
function optionsWith(caPem: readonly string[] | undefined): tls.SecureContextOptions {
  const minVersion = 'TLSv1.2';
  if (caPem === undefined) return { minVersion };
  const roots = getCACertificates?.('default') ?? tls.rootCertificates;
  return { minVersion, ca: [...roots, ...caPem] };
}

/**
 * What has to be trusted for every destination because the environment says so. Node reads NODE_EXTRA_CA_CERTS (`file`) into its
 * default roots, but Node 20 cannot list them, and they would be lost wherever a certificate comes on top of the roots.
 * A file that cannot be read adds nothing: Node itself warns of it.
 */
export function environmentTrust(file: string | undefined): readonly string[] {
  if (file === undefined || file === '' || getCACertificates !== undefined) return [];
  try {
    return [readFileSync(file, 'utf8')];
  } catch {
    // Less is trusted then, never more.
    return [];
  }
}
