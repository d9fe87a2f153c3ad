import { readFileSync, statSync } from 'node:fs';

/** Who can read the memory and the environment of the process that holds the secrets. */
export type Reach =
  /** `waits`: a process without the environment waits for this one, and still holds the arguments it was given. */
  { readonly kind: 'unreadable'; readonly waits: boolean } | { readonly kind: 'readable'; readonly why: string };

/**
 * Whether Linux keeps this process from others of its user: the entries in /proc of a process that may neither be dumped nor traced
 * belong to root (proc(5)). False wherever that cannot be seen.
 */
export function isUnreadable(): boolean {
  try {
    return statSync('/proc/self/environ').uid !== process.getuid?.();
  } catch {
    // No /proc: nothing that could be promised.
    return false;
  }
}

/** Whether nothing is left of the environment that a process was started with. Throws what the file system throws. */
export function hasBlankEnvironment(pid: number): boolean {
  return readFileSync(`/proc/${pid}/environ`).every((byte) => byte === 0);
}

/** For the operator: a sentence on what holds, that a log line or the guarantee of `run` can carry. */
export function describeReach(reach: Reach): string {
  if (reach.kind === 'readable') return `the proxy's memory is readable for programs of the same user: ${reach.why}`;
  const kept = "the proxy's memory and environment are out of reach for programs of the same user, though not for root";
  return reach.waits ? `${kept}; its arguments are in reach, which Node 22.15 and later prevent` : kept;
}
