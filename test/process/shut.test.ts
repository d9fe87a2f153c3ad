import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { root } from '../support/run.js';

/** Runs code in a Node of its own, which has the options given. */
async function under(options: readonly string[], code: string): Promise<string> {
  const script = `import inspector from 'node:inspector'; import { shutOwnProcess } from '${root}dist/process/shut.js'; ${code}`;
  const child = spawn(process.execPath, [...options, '--input-type=module', '-e', script], {
    env: {},
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [said] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return said;
}

it('an inspector that an option opened is shut, and a signal opens none', async () => {
  const code = `const before = inspector.url() !== undefined; shutOwnProcess(); process.kill(process.pid, 'SIGUSR1');
    setTimeout(() => console.log(before, inspector.url() === undefined), 50);`;
  expect(await under(['--inspect=127.0.0.1:0'], code)).toBe('true true\n');
});

it('nothing of those who came before listens to a signal, and none writes a report', async () => {
  const code = `shutOwnProcess(); console.log(process.listenerCount('SIGUSR2'), process.report.reportOnSignal);`;
  const options = ['--heapsnapshot-signal=SIGUSR2', '--report-on-signal', '--report-signal=SIGUSR1'];
  expect(await under(options, code)).toBe('0 false\n');
});
