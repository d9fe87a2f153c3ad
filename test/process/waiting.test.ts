import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { root } from '../support/run.js';

const onLinux = process.platform === 'linux' ? describe : describe.skip;
const module_ = `${root}dist/process/waiting.js`;

/** A process that waits for another, which takes over and then runs `code`. */
function waiting(code: string, takesOver = true): ChildProcessWithoutNullStreams {
  const taker = takesOver
    ? `import { takeOver } from '${module_}'; const forgotten = await takeOver(process.env); ${code}`
    : code;
  const waiter = `import { waitFor } from '${module_}'; import { readFileSync } from 'node:fs';
    const onSignal = (listener) => { process.on('SIGTERM', listener); return () => process.off('SIGTERM', listener); };
    const code = await waitFor({ program: process.execPath, args: ['--input-type=module', '-e', ${JSON.stringify(taker)}], environment: {}, onSignal });
    console.log('ended', code, readFileSync('/proc/self/environ').every((byte) => byte === 0));`;
  return spawn(process.execPath, ['--input-type=module', '-e', waiter], { env: { SECRET: 'made up' } });
}

onLinux('a process that waits for another', () => {
  it('hands its environment over, forgets it, and tells the exit code', async () => {
    const child = waiting(`console.log(process.env.SECRET, forgotten); process.exit(7);`);
    expect(await text(child.stdout)).toBe('made up true\nended 7 true\n');
  });

  it('keeps it, and says so, where the other never took over', async () => {
    const child = waiting('process.exit(7);', false);
    expect(await text(child.stdout)).toBe('ended undefined false\n');
  });

  it('hands signals on', async () => {
    const child = waiting(
      `process.on('SIGTERM', () => process.exit(5)); console.log('ready'); setInterval(() => undefined, 9e3);`,
    );
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGTERM');
    expect(said.toString() + (await text(child.stdout))).toBe('ready\nended 5 true\n');
  });

  it('takes the other with it when it is killed, and is killed with the other', async () => {
    const code = `console.log(process.pid); setInterval(() => undefined, 9e3);`;
    const killed = waiting(code);
    await once(killed.stdout, 'data');
    killed.kill('SIGKILL');
    // Its output ends when nobody is left that could write to it.
    await once(killed.stdout, 'close');

    const kept = waiting(code);
    const exited = once(kept, 'exit');
    const [pid] = (await once(kept.stdout, 'data')) as [Buffer];
    process.kill(Number(pid), 'SIGKILL');
    expect(await exited).toEqual([null, 'SIGKILL']);
  });
});
