import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cleanEnvironment, has, program } from '../support/run.js';
import { someValue, storeFolder, type StoreFolder } from '../secrets/store/support.js';

let folder: StoreFolder;
beforeEach(() => {
  folder = storeFolder();
});
afterEach(() => folder.remove());

const terminals = has('script', '--version');

/** `keywright ARG…` at a terminal of its own; `types` answers what it shows. Resolves to all that the terminal has shown. */
async function atTerminal(command: string, types: (shown: string) => string | undefined): Promise<string> {
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: cleanEnvironment(folder.path, { SHELL: '/bin/sh' }),
  });
  let shown = '';
  let unanswered = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    shown += chunk.toString();
    unanswered += chunk.toString();
    const typed = types(unanswered);
    if (typed === undefined) continue;
    unanswered = '';
    child.stdin.write(typed);
  }
  return shown;
}
const keywright = `'${process.execPath}' '${program}'`;
const listed = () =>
  spawnSync(process.execPath, [program, 'secret', 'list', '--json'], {
    env: cleanEnvironment(folder.path),
  }).stdout.toString();

(terminals ? describe : describe.skip)('what is typed at a terminal', () => {
  it('is nowhere to be seen, and may be corrected', async () => {
    const value = someValue();
    const shown = await atTerminal(`${keywright} secret set github`, (text) =>
      text.endsWith('Value of github: ') ? `wrong\u0015x\u007f${value}é\u007f\r` : undefined,
    );
    expect(shown).toContain('github is in ');
    expect(shown).not.toContain(value.slice(0, 6));
    const identity = join(folder.path, '.local/share/keywright/secrets-identity.txt');
    const file = join(folder.path, '.local/share/keywright/secrets.age');
    expect(readFileSync(identity, 'utf8')).toContain('AGE-SECRET-KEY-1');
    if (has('age', '--version')) {
      const { stdout } = spawnSync('age', ['--decrypt', '-i', identity, file]);
      expect(stdout.toString()).toContain(`"fields":{"value":"${value}"}`);
    }
  });

  it('is given up by Ctrl-C: nothing is made', async () => {
    const shown = await atTerminal(`${keywright} secret set github`, (text) =>
      text.endsWith('Value of github: ') ? 'something\u0003' : undefined,
    );
    expect(shown).not.toContain('something');
    expect(listed()).toContain('"secrets":[]');
  });
});
