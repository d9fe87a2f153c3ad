import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { runProgram } from '../../src/adopt/run-program.js';

describe('a program that is asked', () => {
  it.each([
    ['is missing', '/nowhere/program', []],
    ['fails', process.execPath, ['-e', 'console.log("x"); process.exit(3)']],
  ])('gives nothing where it %s', async (_, program, args) => {
    expect(await runProgram(program, args, {}, tmpdir())).toBeUndefined();
  });

  it('gives its output, with the environment and folder it was given, and without standard input', async () => {
    const script = 'process.stdin.on("data", () => 0).on("end", () => console.log(process.env.A, process.cwd()))';
    expect(await runProgram(process.execPath, ['-e', script], { A: 'b' }, '/')).toBe('b /\n');
  });
});
