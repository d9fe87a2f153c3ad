import type { Terminal } from '../../src/cli/terminal.js';
import { runProgram } from '../../src/cli/program.js';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs a command line in this process, with an environment and a home of its own; `input` is what stands on standard input. */
export async function say(
  args: readonly string[],
  home: string,
  environment: Readonly<Record<string, string>> = {},
  input: string | Buffer = '',
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
    inputBytes: (most) => Promise.resolve(Buffer.from(input).subarray(0, most + 1)),
    askHidden: () => Promise.resolve(undefined),
    onSignal: () => () => undefined,
    reach: { kind: 'readable', why: 'it is a test' },
  };
  return { code: await runProgram(args, terminal), out, error };
}
