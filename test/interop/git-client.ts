import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment } from '../support/run.js';

/** Somebody to commit as, nobody to ask, and no settings of this machine. */
export const identity = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  ...{ GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.com' },
  ...{ GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.com' },
};
/** What git says of each message, with credentials and without the bodies. */
export const trace = { GIT_TRACE_CURL: '1', GIT_TRACE_REDACT: '0', GIT_TRACE_CURL_NO_DATA: '1' };

/** git without any proxy, for the repositories in this folder. */
export function localGit(folder: string): (...args: string[]) => string {
  const env = { ...cleanEnvironment(folder), ...identity };
  return (...args) => {
    const { status, stdout, stderr } = spawnSync('git', args, { encoding: 'utf8', env });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
}

/** Adds a file of bytes that do not compress, so that the pack is as large. */
export function commitMebibytes(local: (...args: string[]) => string, repository: string, count: number): void {
  writeFileSync(join(repository, `${randomBytes(4).toString('hex')}.bin`), randomBytes(count * 1024 * 1024));
  local('-C', repository, 'add', '.');
  local('-C', repository, 'commit', '--quiet', '-m', `${count} MiB`);
}
