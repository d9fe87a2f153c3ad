import { unknownSecret } from './check-inject.js';
import type { TokenAccount } from '../policy/rule.js';
import type { Settings } from './config.js';
import { quoted } from './found.js';
import type { Problem } from './problem.js';
import { secretsIn } from './references.js';

const noPost = 'found no POST, by which tokens are asked for; allowed is POST, or no methods';

/** What goes nowhere can carry nothing, and what is given out in place of a token has to work as one somewhere. */
export function checkTokenEndpoints({ policies, secrets }: Settings): Problem[] {
  const replaced = new Set(
    policies
      .flatMap(({ inject }) => inject.filter(({ mode }) => mode === 'substitute'))
      .flatMap(({ options }) => secretsIn(options))
      .map(({ secret }) => secret),
  );
  return policies.flatMap(
    ({ action, access, methods, inject, tokenEndpoint, unsafeOpaqueUpgrade }, index): Problem[] => {
      // A tunnel with one is told of among the tunnels.
      if (tokenEndpoint === undefined || action === 'tunnel') return [];
      const place = ['policies', index, 'token_endpoint'];
      const accounts = [{ path: place, account: tokenEndpoint }].concat(
        tokenEndpoint.others.map((account, at) => ({
          path: [...place, 'others', at],
          account: { ...account, others: [] },
        })),
      );
      const wrong = accounts.flatMap(({ path, account }) =>
        checkAccount(path, account, accounts.length, secrets, replaced),
      );
      const shown = accounts.map(({ account }) => account.askedWith);
      const alike = accounts.filter((_, at) => shown[at] !== undefined && shown.indexOf(shown[at]) < at);
      const contradicting = {
        inject: inject.length > 0,
        access: access === 'read-only',
        unsafe_opaque_upgrade: unsafeOpaqueUpgrade,
      };
      const keys = Object.entries(contradicting).filter(([, isGiven]) => isGiven);
      const isNeverAsked = methods?.includes('POST') === false;
      return [
        ...wrong,
        ...alike.map(({ path, account }): Problem => {
          const message = `found ${quoted(account.askedWith ?? '')}, which tells an earlier account already; allowed is one secret for each`;
          return { path: [...path, 'asked_with'], at: 'value', message };
        }),
        ...keys.map(([key]): Problem => {
          const message = `found ${quoted(key)} in a policy whose requests go nowhere; allowed is no ${key}, or no token_endpoint`;
          return { path: ['policies', index, key], at: 'key', message };
        }),
        ...(isNeverAsked ? [{ path: ['policies', index, 'methods'], at: 'value', message: noPost } as const] : []),
      ];
    },
  );
}

type Path = Problem['path'];

function checkAccount(
  path: Path,
  { secret, askedWith }: TokenAccount,
  count: number,
  secrets: Settings['secrets'],
  replaced: ReadonlySet<string>,
): Problem[] {
  const useless = `found ${quoted(secret)}, whose placeholder no policy replaces; allowed is a secret that one injects in mode: substitute`;
  const untold = `found one of ${count} accounts without "asked_with"; allowed is the secret whose placeholder tells it from the others`;
  const wrong: Problem[] = !secrets.has(secret)
    ? [unknownSecret([...path, 'secret'], secret, secrets.keys())]
    : replaced.has(secret)
      ? []
      : [{ path: [...path, 'secret'], at: 'value', message: useless }];
  if (askedWith === undefined) return count === 1 ? wrong : [...wrong, { path, at: 'key', message: untold }];
  return secrets.has(askedWith) ? wrong : [...wrong, unknownSecret([...path, 'asked_with'], askedWith, secrets.keys())];
}
