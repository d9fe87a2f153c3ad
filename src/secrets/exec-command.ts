import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { errorCode } from '../core/error-code.js';
import { flawOfPath } from './exec-path.js';
import { unavailable } from './unavailable.js';

/**
 * The file that a command names: an absolute path, or a name that is looked for in `PATH`. Nobody but root and we ourselves can have put
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
  const flaw = await flawOfPath(file);
  if (flaw !== undefined) throw unavailable(name, `others could replace the command ${file}: ${flaw}`, 'denied');
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

function why(error: unknown): string {
  const code = errorCode(error) ?? 'unknown';
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : `cannot be used (${code})`;
}
