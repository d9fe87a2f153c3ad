import { membersOf, objectIn } from '../answer.js';
import { unavailable } from '../unavailable.js';
import { askGitHub, failureOf, type GitHub } from './ask.js';

/** Where an app is installed: at an organisation or a user, found by name or by a repository of theirs, `owner/name`. */
export type Account = { readonly owner: string } | { readonly repository: string };

/** The id of the app's installation there. `jwt` is the app's. Rejects with `secret_unavailable`. */
export async function findInstallation(
  github: GitHub,
  account: Account,
  jwt: string,
  signal: AbortSignal,
): Promise<number> {
  const { name, client } = github;
  const paths = pathsOf(account);
  for (const [index, path] of paths.entries()) {
    const answer = await askGitHub(github, jwt, { method: 'GET', path, signal });
    if (answer.status === 404 && index < paths.length - 1) continue;
    if (answer.status !== 200) throw failureOf(github, answer);
    const members = objectIn(name, answer, client.origin);
    const id = members['id'];
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id <= 0) {
      throw unavailable(name, `${client.origin} answered without the id of an installation`);
    }
    // A name that was given up and taken by somebody else must not lead to their repositories.
    if (!isOf(ownerOf(account), members['account'])) {
      throw unavailable(name, `${client.origin} answered with an installation of another account`, 'denied');
    }
    return id;
  }
  throw new TypeError('there is a path for every account');
}

function pathsOf(account: Account): readonly string[] {
  if ('repository' in account) return [`/repos/${account.repository}/installation`];
  return [`/orgs/${account.owner}/installation`, `/users/${account.owner}/installation`];
}

function ownerOf(account: Account): string {
  return 'owner' in account ? account.owner : account.repository.slice(0, account.repository.indexOf('/'));
}

function isOf(owner: string, account: unknown): boolean {
  const login = membersOf(account)?.['login'];
  return typeof login === 'string' && login.toLowerCase() === owner.toLowerCase();
}
