import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from '../../core/error-code.js';

/** What a lock says of the process that holds it: one line, and no two are the same. */
export function describeOwner(): string {
  return `${[place(), process.pid, processState(process.pid)?.started ?? '-', randomBytes(8).toString('hex')].join(' ')}\n`;
}

/**
 * Whether the process that wrote this has ended. `unknown` where it cannot be told from here: another machine, another container, or
 * a system that does not say when a process has started, so that another may have its number by now.
 */
export function stateOfOwner(line: string): 'alive' | 'ended' | 'unknown' {
  const [where, pid = '', started] = line.trim().split(' ');
  if (where !== place() || !/^[1-9]\d{0,9}$/.test(pid)) return 'unknown';
  const state = processState(Number(pid));
  if (state === undefined) return isThere(Number(pid)) ? 'unknown' : 'ended';
  return state.started === started && !state.isOver ? 'alive' : 'ended';
}

/** Machine, its present start, and the space of process numbers in it: what a number means anything in. */
function place(): string {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const space = attempt(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname().replace(/\s/g, '_'), boot ?? '-', space ?? '-'].join('/');
}

/** From `/proc` (proc_pid_stat(5)), where there is one. What has ended but was not waited for (Z) holds nothing any more. */
function processState(pid: number): { readonly started: string; readonly isOver: boolean } | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The name of the program, in parentheses, may hold anything.
  const [state = '', ...rest] = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ');
  const started = rest[18];
  return started === undefined ? undefined : { started, isOver: /^[ZXx]$/.test(state) };
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // Not this system, or gone meanwhile: both are what `undefined` says.
    return undefined;
  }
}
