import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A new folder of mode 0700 under `parent` that only this user can look into. Throws what the file system throws. */
export function makePrivateFolder(parent: string): string {
  const folder = mkdtempSync(join(parent, 'keywright-'));
  chmodSync(folder, 0o700);
  return folder;
}

/** Writes a file for each variable, of mode 0600, and returns where it is. A program may write what it likes into them: they are its own. */
export function writeCopies(folder: string, copies: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from(copies, ([variable, text]) => {
      const path = join(folder, `${variable}.json`);
      writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
      return [variable, path];
    }),
  );
}

/** Removes it with all it holds; folders in it may have been made read-only. */
export async function removePrivateFolder(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  await makeWritable(folder);
  await rm(folder, { recursive: true, force: true });
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  const entries = await readdir(folder, { withFileTypes: true });
  await Promise.all(entries.filter((entry) => entry.isDirectory()).map(({ name }) => makeWritable(join(folder, name))));
}
