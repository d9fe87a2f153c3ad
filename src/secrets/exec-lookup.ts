import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** The first file of that name in the folders of `PATH` that can be run; undefined where there is none. */
export async function foundIn(path: string | undefined, command: string): Promise<string | undefined> {
  // A relative folder would be another one wherever the program is started.
  for (const folder of (path ?? '').split(delimiter).filter(isAbsolute)) {
    const file = join(folder, command);
    const stats = await stat(file).catch(() => undefined);
    if (stats?.isFile() === true && (await isExecutable(file))) return file;
  }
  return undefined;
}

export function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
