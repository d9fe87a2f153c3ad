import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from '../core/error-code.js';

/** The namespace of processes that Linux starts with, always the same number: outside of every container. */
const outermost = 'pid:[4026531836]';

/** This process, so that others can tell whether it still runs: machine, boot, namespace, number, time of its start. One word each. */
export function thisProcess(): string {
  const { machine, boot, namespace } = surroundings();
  return [hostname(), machine, boot, namespace, process.pid, statusOf(process.pid)?.begun ?? '-'].join(' ');
}

/**
 * Whether the process that `thisProcess` has described runs. `unknown` is what cannot be told from here: another machine, another
 * container, a system that does not say when a process has started, a text that is none of ours.
 */
export function stateOf(description: string): 'alive' | 'ended' | 'unknown' {
  const [host, machine, boot, namespace, pid = '', begun] = description.trim().split(' ');
  const here = surroundings();
  if (host !== hostname() || machine !== here.machine || namespace !== here.namespace) return 'unknown';
  if (!/^[1-9]\d{0,9}$/.test(pid) || begun === undefined) return 'unknown';
  // After a start of the machine nothing of before runs. Copies of one container image may have all names in common.
  if (boot !== here.boot) return isKnown(boot, machine, here.boot) && namespace === outermost ? 'ended' : 'unknown';
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    // EPERM: it runs, as somebody else.
    if (errorCode(error) === 'ESRCH') return 'ended';
  }
  const status = statusOf(Number(pid));
  if (status === undefined || begun === '-') return 'unknown';
  // Another process has its number now, or it waits for its parent to take note of its end.
  return status.begun !== begun || status.isOver ? 'ended' : 'alive';
}

function isKnown(...words: readonly (string | undefined)[]): boolean {
  return words.every((word) => word !== undefined && word !== '-');
}

function surroundings(): { readonly machine: string; readonly boot: string; readonly namespace: string } {
  return {
    machine: word(() => readFileSync('/etc/machine-id', 'utf8')),
    boot: word(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    namespace: word(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** What Linux says of a process (proc_pid_stat(5)); undefined where nothing says it. */
function statusOf(pid: number): { readonly begun: string; readonly isOver: boolean } | undefined {
  const text = word(() => readFileSync(`/proc/${pid}/stat`, 'utf8').replaceAll(' ', '\0'));
  // Its name may hold spaces and parentheses: what follows its last one is in a fixed order.
  const fields = text.slice(text.lastIndexOf(')') + 2).split('\0');
  const [state, begun] = [fields[0], fields[19]];
  return state === undefined || begun === undefined ? undefined : { begun, isOver: state === 'Z' || state === 'X' };
}

/** One word, `-` where there is none. */
function word(read: () => string): string {
  try {
    const text = read().trim();
    return text === '' || /\s/.test(text) ? '-' : text;
  } catch {
    // Other systems than Linux do not have it, and some containers hide it.
    return '-';
  }
}
