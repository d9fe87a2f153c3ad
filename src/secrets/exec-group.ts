import type { ChildProcess } from 'node:child_process';

/** From being asked to end to being ended, milliseconds. */
const patience = 500;

/** Those that run: they must not outlive this process. */
const running = new Set<ProcessGroup>();
/** What ends a process that does not listen to them: a terminal sends them to our group, and not to theirs. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A command with everything that it has started, by the process group that it leads: it was started with `detached`. */
export class ProcessGroup {
  /** Undefined where it was not started, or has ended: the number may be another's then. */
  #leader: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({ pid }: ChildProcess) {
    this.#leader = pid;
    if (pid === undefined) return;
    if (running.size === 0) watch();
    running.add(this);
  }

  /** Asks it to end, and then makes it. */
  end(): void {
    this.#send('SIGTERM');
    this.#timer ??= setTimeout(() => this.kill(), patience);
  }

  kill(): void {
    this.#send('SIGKILL');
  }

  /** The leader has ended: what it has left in its group ends now, at the one moment when the number is surely its own. */
  leave(): void {
    clearTimeout(this.#timer);
    this.kill();
    this.#leader = undefined;
    running.delete(this);
    if (running.size === 0) unwatch();
  }

  #send(signal: NodeJS.Signals): void {
    if (this.#leader === undefined) return;
    try {
      process.kill(-this.#leader, signal);
    } catch {
      // Nothing is left of it, or it has become another user's.
    }
  }
}

function watch(): void {
  process.on('exit', killAll);
  for (const signal of endings) process.on(signal, onEnding);
}

function unwatch(): void {
  process.off('exit', killAll);
  for (const signal of endings) process.off(signal, onEnding);
}

/** Where nobody else listens to the signal, it ends this process, as it would without us. */
function onEnding(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  killAll();
  unwatch();
  process.kill(process.pid, signal);
}

function killAll(): void {
  for (const group of running) group.kill();
}
