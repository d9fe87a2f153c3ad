#!/usr/bin/env node
import { once } from 'node:events';
import { homedir } from 'node:os';
import { text } from 'node:stream/consumers';
import { runProgram } from './cli/program.js';
import type { Terminal } from './cli/terminal.js';

const args = process.argv.slice(2);
/** A secret among the arguments would stay readable for every program that lists processes: the title takes their place. */
process.title = 'keywright';

const forwarded: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR2',
  'SIGWINCH',
  'SIGCONT',
];

/** Without a listener, SIGUSR1 opens Node's inspector to every program of the same user, and with it every secret. */
process.on('SIGUSR1', () => undefined);

const terminal: Terminal = {
  environment: process.env,
  home: homedir(),
  platform: process.platform,
  interactive: process.stdin.isTTY,
  out: (line) => void process.stdout.write(line),
  error: (line) => void process.stderr.write(line),
  drained: async () => {
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  },
  input: () => text(process.stdin),
  onSignal: (listener) => {
    for (const signal of forwarded) process.on(signal, listener);
    return () => {
      for (const signal of forwarded) process.off(signal, listener);
    };
  },
};

/** A reader that went away (`keywright … | head`) ends the program quietly, as it ends every other. */
process.stdout.on('error', () => process.exit(0));
/** Nobody reads what we say: the child must not lose its proxy for that. */
process.stderr.on('error', () => undefined);

const code = await runProgram(args, terminal);
// What was said may still be on its way: a pipe is not always written at once. A reader that is stuck does not keep us.
setTimeout(() => process.exit(code), 2000).unref();
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
process.exit(code);
