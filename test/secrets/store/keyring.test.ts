import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keep, lookUp } from '../../../src/secrets/store/keyring.js';
import { someValue, storeFolder, whyRejected, type StoreFolder } from './support.js';

let folder: StoreFolder;
beforeEach(() => {
  folder = storeFolder();
});
afterEach(() => folder.remove());
const identity = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;
const told = (): { args: string[]; input: string; variables: string[] }[] =>
  readFileSync(join(folder.path, 'told'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { args: string[]; input: string; variables: string[] });
const at = (platform: NodeJS.Platform) => ({
  platform,
  environment: {
    PATH: [folder.path, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    API_TOKEN: someValue(),
  },
});

/** A program that writes down what it was given, keeps what it is told to keep, and ends as `script` says. */
function install(name: string, script: string): void {
  const path = join(folder.path, name);
  writeFileSync(
    path,
    `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
const input = fs.readFileSync(0, 'utf8');
const kept = ${JSON.stringify(join(folder.path, 'kept'))};
fs.appendFileSync(${JSON.stringify(join(folder.path, 'told'))}, JSON.stringify({ args, input, variables: Object.keys(process.env) }) + '\\n');
${script}
`,
  );
  chmodSync(path, 0o700);
}

const secretTool = `
if (args[0] === 'store') fs.writeFileSync(kept, input);
else if (fs.existsSync(kept)) process.stdout.write(fs.readFileSync(kept));
else process.exit(1);
`;
const security = `
const added = /^add-generic-password .* -w (\\S+)\\n$/.exec(input);
if (args[0] === '-i' && added) fs.writeFileSync(kept, added[1]);
else if (fs.existsSync(kept)) console.log(fs.readFileSync(kept, 'utf8'));
else { console.error('The specified item could not be found in the keychain.'); process.exit(44); }
`;

/** It was killed: until somebody has waited for it, it is a zombie that signals still reach. */
async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    if (stdout.trim() === '' || stdout.trim().startsWith('Z')) return true;
    await setTimeout(20);
  }
  return false;
}

describe('the keyring', () => {
  it('is told to be missing where its program is', async () => {
    const nowhere = { platform: 'linux' as const, environment: { PATH: folder.path } };
    expect(await whyRejected(lookUp('default', nowhere))).toBe(
      'MissingError: the keyring cannot be asked: there is no secret-tool here (Debian and Ubuntu: libsecret-tools).',
    );
    expect(await whyRejected(lookUp('default', { ...nowhere, platform: 'darwin' }))).toBe(
      'MissingError: the keyring cannot be asked: there is no security here.',
    );
  });

  it.each(['linux', 'darwin'] as const)('that fails is not taken for one that is empty (%s)', async (platform) => {
    const complaint = someValue();
    for (const name of ['secret-tool', 'security']) install(name, `console.error('${complaint}'); process.exit(1);`);
    const why = await whyRejected(lookUp('default', at(platform)));
    expect(why).toMatch(/the keyring did not answer \(\S+ ended with 1\)/);
    expect(why).not.toContain(complaint);
    expect(await whyRejected(keep('default', identity, at(platform)))).toMatch(/did not (?:take|answer)/);
  });

  it.each<['linux' | 'darwin', string]>([
    ['linux', 'secret-tool'],
    ['darwin', 'security'],
  ])('that hangs is ended in time, with what it has started (%s)', async (platform, name) => {
    const path = join(folder.path, name);
    writeFileSync(path, '#!/bin/sh\nsleep 100 &\necho $! > "$HOME/helper"\nwait\n');
    chmodSync(path, 0o700);
    const { environment } = at(platform);
    const hanging = { platform, environment: { ...environment, HOME: folder.path }, patience: 2000 };
    const begun = performance.now();
    expect(await whyRejected(lookUp('default', hanging))).toBe(
      `MissingError: the keyring cannot be asked: ${name} did not answer within 2 seconds, and was ended: is it unlocked?`,
    );
    expect(performance.now() - begun).toBeLessThan(20_000);
    const helper = Number(readFileSync(join(folder.path, 'helper'), 'utf8'));
    expect(helper).toBeGreaterThan(1);
    expect(await isGone(helper)).toBe(true);
  });

  it('is heard when its program has ended, whoever holds the output open', async () => {
    const path = join(folder.path, 'secret-tool');
    writeFileSync(path, `#!/bin/sh\nsleep 100 &\necho ${identity}\n`);
    chmodSync(path, 0o700);
    expect(await lookUp('default', { ...at('linux'), patience: 30_000 })).toBe(identity);
  });

  it('that says it kept what it did not keep is found out', async () => {
    install('security', `if (args[0] !== '-i') process.exit(44);`);
    expect(await whyRejected(keep('default', identity, at('darwin')))).toMatch(/did not take the identity/);
  });

  it.each<['linux' | 'darwin', string, string, string[]]>([
    ['linux', 'secret-tool', secretTool, ['lookup', 'service', 'keywright', 'store', 'default']],
    ['darwin', 'security', security, ['find-generic-password', '-s', 'keywright', '-a', 'default', '-w']],
  ])('keeps an identity, which no argument and no variable holds (%s)', async (platform, name, script, asking) => {
    install(name, script);
    expect(await lookUp('default', at(platform))).toBeUndefined();
    expect(existsSync(join(folder.path, 'kept'))).toBe(false);
    await keep('default', identity, at(platform));
    expect(await lookUp('default', at(platform))).toBe(identity);
    expect(readFileSync(join(folder.path, 'kept'), 'utf8')).toBe(identity);
    const calls = told();
    expect(calls[0]?.args).toEqual(asking);
    expect(JSON.stringify(calls.map(({ args }) => args))).not.toContain(identity);
    expect(calls.filter(({ input }) => input.includes(identity))).toHaveLength(1);
    expect(calls.flatMap(({ variables }) => variables)).not.toContain('API_TOKEN');
  });
});
