import inspector from 'node:inspector';

/**
 * Shuts the ways by which Node itself shows what a process holds: the inspector, heap snapshots and reports on a signal. They may
 * have been opened by an option, by NODE_OPTIONS (an editor that attaches to all it starts), or by a signal before this line.
 */
export function shutOwnProcess(): void {
  for (const name of process.eventNames()) {
    if (typeof name === 'string' && name.startsWith('SIG')) process.removeAllListeners(name);
  }
  // Without a listener, SIGUSR1 opens the inspector to every program of the same user.
  process.on('SIGUSR1', () => undefined);
  inspector.close();
  Object.assign(process.report, { reportOnSignal: false, reportOnFatalError: false, reportOnUncaughtException: false });
}
