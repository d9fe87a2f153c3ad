import { realpath, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { errorCode } from '../core/error-code.js';
import { shownName, shownPath } from '../core/key-shape.js';
import { foundIn, isExecutable } from './exec-lookup.js';
import { flawOfPath } from './exec-path.js';
import { flawOfInterpreter } from './exec-script.js';
import { unavailable } from './unavailable.js';

/**
 * The file that a command names: an absolute path, or a name that is looked for in `PATH`. Nobody but root and we ourselves can have put
 * another program in its place, or in that of the one that runs it where it is a script. Throws `secret_unavailable`.
 */
export async function commandFile(name: string, command: string, path: string | undefined): Promise<string> {
  const file = isAbsolute(command) ? command : await foundIn(path, command);
  if (file === undefined) throw unavailable(name, `the command ${shownName(command)} is not in PATH`);
  const real = await realpath(file).catch((error: unknown) => {
    throw unavailable(name, `the command ${shownPath(command, file)} ${why(error)}`);
  });
  const stats = await stat(real);
  if (!stats.isFile()) throw unavailable(name, `the command ${file} is not a regular file`);
  if (!(await isExecutable(real))) throw unavailable(name, `the command ${file} is not executable for this user`);
  const flaw = (await flawOfPath(file)) ?? (await flawOfInterpreter(real, path));
  if (flaw !== undefined) throw unavailable(name, `others could replace the command ${file}: ${flaw}`, 'denied');
  return file;
}

function why(error: unknown): string {
  const code = errorCode(error) ?? 'unknown';
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : `cannot be used (${code})`;
}
