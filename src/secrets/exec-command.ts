import { constants, type Stats } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import { errorCode } from '../core/error-code.js';
import { unavailable } from './unavailable.js';

const writableByAll = 0o002;
/** In a folder with this bit only the owner of a file may take it away. */
const sticky = 0o1000;

/**
 * The file that a command names: an absolute path, or a name that is looked for in `PATH`. Nobody but its owner and its group can have put
 * another program in its place. Throws `secret_unavailable`.
 */
export async function commandFile(name: string, command: string, path: string | undefined): Promise<string> {
  const file = isAbsolute(command) ? command : await foundIn(path, command);
  if (file === undefined) throw unavailable(name, `the command ${command} is not in PATH`);
  const real = await realpath(file).catch((error: unknown) => {
    throw unavailable(name, `the command ${file} ${why(error)}`);
  });
  const stats = await stat(real);
  if (!stats.isFile()) throw unavailable(name, `the command ${file} is not a regular file`);
  if (!(await isExecutable(real))) throw unavailable(name, `the command ${file} is not executable for this user`);
  if ((stats.mode & writableByAll) !== 0) {
    throw unavailable(name, `every user can write the command ${file}: chmod o-w`, 'denied');
  }
  // The link and what it leads to may both be replaced by who can write to their folders.
  for (const folder of new Set([await realpath(dirname(file)), dirname(real)])) {
    if (isOpenToAll(await stat(folder), stats)) {
      throw unavailable(name, `every user can replace ${basename(file)} in the folder ${folder}: chmod o-w`, 'denied');
    }
  }
  return file;
}

async function foundIn(path: string | undefined, command: string): Promise<string | undefined> {
  // A relative folder would be another one wherever the program is started.
  for (const folder of (path ?? '').split(delimiter).filter(isAbsolute)) {
    const file = join(folder, command);
    const stats = await stat(file).catch(() => undefined);
    if (stats?.isFile() === true && (await isExecutable(file))) return file;
  }
  return undefined;
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Where all may put files, a file is as good as its owner. */
function isOpenToAll(folder: Stats, { uid }: Stats): boolean {
  if ((folder.mode & writableByAll) === 0) return false;
  return (folder.mode & sticky) === 0 || (uid !== 0 && uid !== process.getuid?.());
}

function why(error: unknown): string {
  const code = errorCode(error) ?? 'unknown';
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : `cannot be used (${code})`;
}
