import type { Caller, Draft } from '../core/message.js';
import type { Injection } from '../inject/index.js';
import type { Route } from '../net/vet.js';
import type { Grant } from '../policy/decide.js';
import type { Credential } from '../secrets/index.js';
import { isSafe } from '../upstream/repeat.js';
import { refusesCertificate } from '../upstream/dispatch-error.js';
import type { Outgoing, Refused } from '../upstream/send.js';
import type { Plan, Services } from './services.js';
import type { Trail } from './trail.js';

/** A use of credentials, as it was recorded. */
export interface Use {
  readonly grant: Grant<Plan>;
  readonly route: Route;
  readonly injections: readonly Injection[];
  readonly credentials: ReadonlyMap<string, Credential>;
}

/**
 * What to do where the destination answers 401, or refuses a certificate: ask where the credentials come from, and send the request once more with what is new
 * there. Undefined where it must not be sent twice: it changes something, or its body has gone.
 */
export function replacementFor(
  services: Services,
  trail: Trail,
  caller: Caller,
  use: Use,
  { head, body, upgrade }: { readonly head: Draft } & Pick<Outgoing, 'body' | 'upgrade'>,
): Outgoing['replace'] {
  if (use.injections.length === 0 || body !== undefined || upgrade !== undefined) return undefined;
  // A body that is in memory is there for a second time; what it asked for was refused.
  if (head.content === undefined && !isSafe(head.method)) return undefined;
  return async (refused) => {
    const fresh = await askAgain(services, caller, shownBy(use, refused));
    if (fresh === undefined) return undefined;
    const credentials = new Map([...use.credentials, ...fresh]);
    const status = refused === 'credentials' ? 401 : undefined;
    await trail.renewed(status, use.grant, use.route, use.injections, credentials.values());
    return credentials;
  };
}

/** For requests that come later: this one has its answer. */
export function forget(services: Services, caller: Caller, use: Shown, refused: Refused): void {
  void askAgain(services, caller, shownBy(use, refused));
}

/** Throws the error again; where it is that a certificate was refused, later requests get another. */
export function forgetCertificate(services: Services, caller: Caller, use: Shown, error: unknown): never {
  if (refusesCertificate(error)) forget(services, caller, use, 'certificate');
  throw error;
}

type Shown = Pick<Use, 'injections' | 'credentials'>;

/** Those of the credentials that the destination has refused. */
function shownBy({ injections, credentials }: Shown, refused: Refused): ReadonlyMap<string, Credential> {
  if (refused === 'credentials') return credentials;
  const certificates = injections.filter(({ certificate }) => certificate !== undefined);
  const names = new Set(certificates.flatMap(({ secrets }) => secrets));
  return new Map([...credentials].filter(([name]) => names.has(name)));
}

/** Never rejects; undefined where all are as before. */
async function askAgain(
  { secrets }: Services,
  caller: Caller,
  credentials: ReadonlyMap<string, Credential>,
): Promise<ReadonlyMap<string, Credential> | undefined> {
  const asked = Array.from(credentials, async ([name, credential]): Promise<[string, Credential]> => {
    return [name, (await secrets.rejected(credential, caller)) ?? credential];
  });
  const now = new Map(await Promise.all(asked));
  return [...now].every(([name, credential]) => credential === credentials.get(name)) ? undefined : now;
}
