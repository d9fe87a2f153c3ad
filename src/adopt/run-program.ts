import { execFile } from 'node:child_process';

/** Runs a program to its end and gives its standard output; undefined where it cannot be started, fails, or takes too long. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  folder: string,
) => Promise<string | undefined>;

/** Milliseconds: package clients start in well under one second. */
const patience = 5_000;

export const runProgram: RunProgram = (program, args, environment, folder) =>
  new Promise((resolve) => {
    const options = {
      env: environment,
      cwd: folder,
      timeout: patience,
      killSignal: 'SIGKILL',
      maxBuffer: 1024 * 1024,
    } as const;
    const child = execFile(program, args, options, (error, output) => resolve(error === null ? output : undefined));
    child.stdin?.end();
  });
