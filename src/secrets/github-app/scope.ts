import { membersOf } from '../answer.js';

/** What a token is asked to be good for. */
export interface Scope {
  /** `owner/name`, all of one owner. */
  readonly repositories?: readonly string[] | undefined;
  readonly repositoryIds?: readonly number[] | undefined;
  /** Name → level; absent: all that the installation was granted. */
  readonly permissions?: Readonly<Record<string, string>> | undefined;
}

export const levels = ['read', 'write', 'admin'] as const;

/** As GitHub takes it: it knows the repositories of one owner by their names alone. */
export function bodyOf({ repositories, repositoryIds, permissions }: Scope): string {
  return JSON.stringify({
    ...(repositories !== undefined && { repositories: repositories.map(nameOf) }),
    ...(repositoryIds !== undefined && { repository_ids: repositoryIds }),
    ...(permissions !== undefined && { permissions }),
  });
}

/**
 * Why a token that came is good for something else than was asked; undefined where it is as asked. An answer that does not say is taken for
 * one of the whole installation: whoever reads the configuration relies on its being narrower.
 */
export function widening(scope: Scope, answer: Readonly<Record<string, unknown>>): string | undefined {
  return otherPermissions(scope, answer) ?? otherRepositories(scope, answer);
}

function otherPermissions({ permissions }: Scope, answer: Readonly<Record<string, unknown>>): string | undefined {
  if (permissions === undefined) return undefined;
  const granted = membersOf(answer['permissions']);
  if (granted === undefined) return 'it does not say which permissions it has';
  // Reading the metadata of a repository comes with every other permission, asked for or not.
  const asked = new Map([['metadata', 'read'], ...Object.entries(permissions)]);
  const isWider = Object.entries(granted).some(([name, level]) => rankOf(level) > rankOf(asked.get(name)));
  return isWider ? 'it has more permissions than were asked for' : undefined;
}

/** A level that is unknown is above every other where it was granted: it was never asked for. */
function rankOf(level: unknown): number {
  if (level === undefined) return -1;
  const rank = levels.findIndex((known) => known === level);
  return rank === -1 ? levels.length : rank;
}

function otherRepositories(scope: Scope, answer: Readonly<Record<string, unknown>>): string | undefined {
  const { repositories, repositoryIds } = scope;
  if (repositories === undefined && repositoryIds === undefined) return undefined;
  if (answer['repository_selection'] !== 'selected') return 'it is good for every repository of the installation';
  const listed = answer['repositories'];
  if (!Array.isArray(listed)) return 'it does not say which repositories it is good for';
  const members = listed.map((repository) => membersOf(repository) ?? {});
  const isSame =
    repositories === undefined
      ? isSameSet(repositoryIds ?? [], members, 'id')
      : isSameSet(repositories, members, 'full_name');
  return isSame ? undefined : 'it is good for other repositories than were asked for';
}

/** Names of owners and repositories are the same in either case. */
function isSameSet(
  asked: readonly (string | number)[],
  listed: readonly Readonly<Record<string, unknown>>[],
  member: string,
): boolean {
  const canonical = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);
  const wanted = new Set<unknown>(asked.map(canonical));
  const granted = new Set(listed.map((one) => canonical(one[member])));
  return wanted.size === granted.size && [...granted].every((one) => wanted.has(one));
}

function nameOf(repository: string): string {
  return repository.slice(repository.indexOf('/') + 1);
}
