import { describe, expect, it } from '@jest/globals';
import { packageClients } from '../../src/adopt/package-clients.js';

describe('package clients of a command line', () => {
  it.each([
    ['npx', ['-y', 'x'], ['npm']],
    ['/usr/bin/npx', [], ['npm']],
    ['C:\\Program Files\\nodejs\\npx.cmd', [], ['npm']],
    ['pnpm', ['dlx', 'x'], ['npm']],
    ['bunx', ['x'], ['npm']],
    ['yarn', ['dlx', 'x'], ['yarn']],
    ['uvx', ['x'], ['python']],
    ['pipx', ['run', 'x'], ['python']],
    ['python3', ['-m', 'pip', 'install', 'x'], ['python']],
    ['sh', ['-c', 'cd /x && exec npx -y y; uvx z'], ['npm', 'python']],
    ['env', ['A=1', 'npx', 'x'], ['npm']],
    ['cmd.exe', ['/c', 'npx', 'x'], ['npm']],
    ['node', ['npx'], []],
    ['python3', ['pip'], []],
    ['docker', ['run', 'npm'], []],
    ['toString', [], []],
  ])('%s %j are %j', (command, args, expected) => expect([...packageClients(command, args)]).toEqual(expected));
});
