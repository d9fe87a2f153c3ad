import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** What a reader needs to know to judge the figures. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.version,
    loadBefore: Number(loadavg()[0].toFixed(2)),
  };
}

/** The first line that matches, of what a program says about itself, or null where the program is not installed. */
export function versionOf(command, args, pattern) {
  try {
    return (
      execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).match(pattern)?.[0] ?? null
    );
  } catch {
    // Not installed, or not runnable: the peer is then skipped with a note.
    return null;
  }
}
