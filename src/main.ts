#!/usr/bin/env node
import { once } from 'node:events';
import { homedir } from 'node:os';
import { text } from 'node:stream/consumers';
import { isatty } from 'node:tty';
import type { Terminal } from './cli/terminal.js';
import { becomeUnreadable } from './process/own.js';
import { shutOwnProcess } from './process/shut.js';

shutOwnProcess();
const args = process.argv.slice(2);
/** A secret among the arguments would stay readable for every program that lists processes: the title takes their place. */
process.title = 'keywright';
/** A reload that is asked for while `serve` still starts must not end it: what it reads then is new enough. */
if (args[0] === 'serve') process.on('SIGHUP', () => undefined);

const forwarded: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR2',
  'SIGWINCH',
  'SIGCONT',
];

function onSignal(listener: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of forwarded) process.on(signal, listener);
  return () => {
    for (const signal of forwarded) process.off(signal, listener);
  };
}

/** Nothing more is loaded, and neither stdin nor stdout touched, before it is clear which process does the work. */
const reach = await becomeUnreadable({
  script: process.argv[1] ?? '',
  args,
  execArgv: process.execArgv,
  environment: process.env,
  home: homedir(),
  platform: process.platform,
  onSignal,
});
if (typeof reach === 'number') process.exit(reach);

const terminal: Terminal = {
  environment: process.env,
  home: homedir(),
  platform: process.platform,
  // Asking `process.stdin` would open it, which only a command that reads it has to pay for.
  interactive: isatty(0),
  out: (line) => void process.stdout.write(line),
  error: (line) => void process.stderr.write(line),
  drained: async () => {
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  },
  input: () => text(process.stdin),
  inputBytes: async (most) => {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > most) break;
    }
    return Buffer.concat(chunks);
  },
  askHidden: async (question) => {
    const { askHidden } = await import('./cli/ask-hidden.js');
    return askHidden(question, (shown) => void process.stderr.write(shown));
  },
  onSignal,
  reach,
};

/** A reader that went away (`keywright … | head`) ends the program quietly, as it ends every other. */
process.stdout.on('error', () => process.exit(0));
/** Nobody reads what we say: the child must not lose its proxy for that. */
process.stderr.on('error', () => undefined);

const { runProgram } = await import('./cli/program.js');
const code = await runProgram(args, terminal);
// What was said may still be on its way: a pipe is not always written at once. A reader that is stuck does not keep us.
setTimeout(() => process.exit(code), 2000).unref();
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
process.exit(code);
