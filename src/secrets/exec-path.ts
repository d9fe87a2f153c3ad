import type { Stats } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { dirname, join, parse, sep } from 'node:path';

/** For whom a path has to be safe. */
export interface Self {
  readonly uid: number;
  readonly gid: number;
  readonly platform: NodeJS.Platform;
}

const writableByGroup = 0o020;
const writableByAll = 0o002;
/** In a folder with this bit only the owner of a file may take it away. */
const sticky = 0o1000;
/** As many links as the kernel follows (path_resolution(7)). */
const mostLinks = 40;
/** `admin` of macOS: its members may do by `sudo` what they like, and Homebrew's folders are theirs. */
const macAdmins = 80;

/**
 * Why somebody else could put another program where this path leads, in words; undefined where nobody could. Every folder up to the root
 * is looked at, every link on the way, and the folders of where these lead, as by OpenSSH (`StrictModes`) and sudo. `path` is absolute.
 * Rejects as `lstat` does. Undefined too where the platform has no owners and modes.
 */
export async function flawOfPath(path: string, self: Self | undefined = ourselves()): Promise<string | undefined> {
  if (self === undefined) return undefined;
  const { root } = parse(path);
  const rootFlaw = flawOf(root, await lstat(root), self);
  if (rootFlaw !== undefined) return rootFlaw;
  const ahead = stepsOf(path);
  let at = root;
  let links = 0;
  for (let step = ahead.shift(); step !== undefined; step = ahead.shift()) {
    if (step === '..') {
      // The folder above was looked at on the way here, as links are resolved one by one.
      at = dirname(at);
      continue;
    }
    const next = join(at, step);
    const stats = await lstat(next);
    const flaw = flawOf(next, stats, self);
    if (flaw !== undefined) return flaw;
    if (!stats.isSymbolicLink()) {
      at = next;
      continue;
    }
    links += 1;
    if (links > mostLinks) return `${next} is one of too many links`;
    const target = await readlink(next);
    ahead.unshift(...stepsOf(target));
    if (target.startsWith(sep)) at = root;
  }
  return undefined;
}

/** The same for one file, folder or link. */
export function flawOf(path: string, stats: Stats, self: Self): string | undefined {
  const { uid, mode } = stats;
  if (uid !== 0 && uid !== self.uid) return `${path} belongs to another user (uid ${uid})`;
  // The mode of a link means nothing: whoever may write to its folder may turn it.
  if (stats.isSymbolicLink() || (stats.isDirectory() && (mode & sticky) !== 0)) return undefined;
  if ((mode & writableByAll) !== 0) return `every user can write to ${path}: chmod o-w`;
  if ((mode & writableByGroup) === 0 || isOurGroup(stats, self)) return undefined;
  return `the group ${stats.gid}, or users and groups of an ACL, can write to ${path}: chmod g-w`;
}

/**
 * A group without others in it, where that can be told: root's, the one that many systems make for each user, by the same number, and the
 * administrators. Only of a Mac: elsewhere these bits also stand for all that a POSIX ACL allows to others (acl(5)), whatever the group is.
 */
function isOurGroup({ gid }: Stats, self: Self): boolean {
  return self.platform === 'darwin' && (gid === 0 || gid === macAdmins || (gid === self.gid && gid === self.uid));
}

function stepsOf(path: string): string[] {
  return path.split(sep).filter((step) => step !== '' && step !== '.');
}

function ourselves(): Self | undefined {
  const [uid, gid] = [process.geteuid?.(), process.getegid?.()];
  return uid === undefined || gid === undefined ? undefined : { uid, gid, platform: process.platform };
}
