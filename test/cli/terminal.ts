import type { Terminal } from '../../src/cli/terminal.js';
import { runProgram } from '../../src/cli/program.js';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs a command line in this process, with an environment and a home of its own. */
export async function say(
  args: readonly string[],
  home: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Said> {
  let out = '';
  let error = '';
  const terminal: Terminal = {
    environment,
    home,
    platform: process.platform,
    interactive: false,
    out: (text) => void (out += text),
    error: (text) => void (error += text),
    input: () => Promise.resolve(''),
    inputBytes: () => Promise.resolve(Buffer.alloc(0)),
    askHidden: () => Promise.resolve(undefined),
    onSignal: () => () => undefined,
    reach: { kind: 'readable', why: 'it is a test' },
  };
  return { code: await runProgram(args, terminal), out, error };
}
