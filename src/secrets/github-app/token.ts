import type { Sealed } from '../../core/sealed.js';
import { objectIn } from '../answer.js';
import type { Fetched } from '../index.js';
import { reveal, seal } from '../seal.js';
import { unavailable } from '../unavailable.js';
import { valueVersion } from '../value-version.js';
import { askGitHub, failureOf, type GitHub } from './ask.js';
import { bodyOf, widening, type Scope } from './scope.js';

/** For giving back what is refused, milliseconds: whoever asked may not wait that long. */
const patience = 5000;

/**
 * A token of an installation, good for no more than was asked; one that is good for more is given back, and nobody gets it. `jwt` is the
 * app's. Rejects with `secret_unavailable` (https://docs.github.com/rest/apps/apps, "Create an installation access token for an app").
 */
export async function mintToken(
  github: GitHub,
  { installation, scope, jwt }: { readonly installation: number; readonly scope: Scope; readonly jwt: string },
  signal: AbortSignal,
): Promise<Fetched> {
  const { name, client } = github;
  const path = `/app/installations/${installation}/access_tokens`;
  const answer = await askGitHub(github, jwt, { method: 'POST', path, body: bodyOf(scope), signal });
  if (answer.status !== 201) throw failureOf(github, answer);
  const members = objectIn(name, answer, client.origin);
  const { token } = members;
  if (!isToken(token)) throw unavailable(name, `${client.origin} answered without a token that can be sent`);
  const value = seal(name, token);
  const expiresAt = timeOf(members['expires_at']);
  const why = widening(scope, members);
  if (why !== undefined || expiresAt === undefined) throw await refused(github, value, why ?? 'its end is not told');
  return {
    fields: { value },
    version: valueVersion(token),
    expiresAt,
    lease: {
      id: `installation/${installation}/${new Date(expiresAt).toISOString()}`,
      revoke: (signal) => giveBack(github, value, signal),
    },
  };
}

/** One that GitHub knows no more is as good as given back. Rejects where it may still be good. */
async function giveBack(github: GitHub, token: Sealed, signal: AbortSignal): Promise<void> {
  const answer = await askGitHub(github, reveal(token), { method: 'DELETE', path: '/installation/token', signal });
  if (answer.status !== 204 && answer.status !== 401) throw failureOf(github, answer);
}

async function refused(github: GitHub, token: Sealed, why: string): Promise<unknown> {
  const end = await giveBack(github, token, AbortSignal.timeout(patience)).then(
    () => 'and was given back',
    () => 'and could not be given back: it is good until it expires',
  );
  return unavailable(github.name, `the token that came was not taken (${why}), ${end}`, 'denied');
}

/** Of no known form or length (they grew to some 520 characters in 2026): but it has to fit into a field of HTTP. */
function isToken(token: unknown): token is string {
  return typeof token === 'string' && /^[\x21-\x7e]{8,4096}$/.test(token);
}

function timeOf(text: unknown): number | undefined {
  const time = typeof text === 'string' ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
