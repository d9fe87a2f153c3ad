import { open } from 'node:fs/promises';
import { basename, delimiter, isAbsolute } from 'node:path';
import { errorCode } from '../core/error-code.js';
import { foundIn } from './exec-lookup.js';
import { flawOfPath } from './exec-path.js';

/** As much of a file as the kernel looks at for a `#!` line (execve(2)). */
const longestLine = 256;

/**
 * Why somebody else could choose the program that runs a script, in words: the one that its `#!` line names, and the one that `env` there
 * looks for in `PATH`. Undefined where nobody could, and for a file without such a line. What that program itself is, a script again, and
 * what it reads, such as libraries and files named to it, is not looked at.
 */
export async function flawOfInterpreter(file: string, path: string | undefined): Promise<string | undefined> {
  const line = await firstLine(file);
  if (line === undefined || (line.startsWith('#!') && /[^\P{C}\t]|\ufffd/u.test(line)))
    return 'its #! line is too long, or no text';
  const [, interpreter, rest = ''] = /^#![ \t]*([^ \t]+)[ \t]*(.*)$/.exec(line) ?? [];
  if (interpreter === undefined) return undefined;
  const flaw = await flawOfProgram(interpreter);
  if (flaw !== undefined || basename(interpreter) !== 'env') return flaw;
  const program = programOfEnv(rest);
  if (program === undefined) return 'its #! line has env do more than look for a program';
  if (program.includes('/')) return flawOfProgram(program);
  // Unlike us, env looks in these too.
  if ((path ?? '').split(delimiter).some((folder) => !isAbsolute(folder)))
    return 'its #! line has env look in PATH, which has a relative folder in it';
  const found = await foundIn(path, program);
  return found === undefined ? `its #! line names ${program}, which is not in PATH` : flawOfProgram(found);
}

async function flawOfProgram(file: string): Promise<string | undefined> {
  if (!isAbsolute(file)) return `its #! line names ${file}, which is not an absolute path`;
  try {
    return await flawOfPath(file);
  } catch (error) {
    return `its #! line names ${file}, which cannot be looked at (${errorCode(error) ?? 'unknown'})`;
  }
}

/** Of `env node`, `env -S node --flag`, `env -S NAME=value node`; undefined where something else decides what runs. */
function programOfEnv(rest: string): string | undefined {
  const words = rest
    .replace(/^(?:-S|--split-string=)[ \t]*/, '')
    .split(/[ \t]+/)
    .filter((word) => word !== '');
  if (words.some((word) => word.startsWith('PATH='))) return undefined;
  const program = words.find((word) => !/^[A-Za-z_]\w*=/.test(word));
  return program === undefined || /^[^\w./]|["'\\$]/.test(program) ? undefined : program;
}

/** Undefined where it is too long. Empty for what we may run but not read, as no interpreter could read it either. */
async function firstLine(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (errorCode(error) === 'EACCES') return undefined;
    throw error;
  });
  if (handle === undefined) return '';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestLine), 0, longestLine, 0);
    const [line = '', ...more] = buffer.toString('utf8', 0, bytesRead).split('\n', 2);
    return more.length === 0 && bytesRead === longestLine && line.startsWith('#!') ? undefined : line;
  } finally {
    await handle.close();
  }
}
