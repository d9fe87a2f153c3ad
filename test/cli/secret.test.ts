import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { cleanEnvironment, program } from '../support/run.js';
import { say } from './terminal.js';
import { someValue, storeFolder, type StoreFolder } from '../secrets/store/support.js';

jest.setTimeout(60_000);

let home: StoreFolder;
let value: string;
beforeEach(() => {
  home = storeFolder();
  value = someValue();
});
afterEach(() => home.remove());

interface Ended {
  readonly code: number | null;
  readonly said: string;
  readonly stdout: string;
}

/** `keywright ARG…` as a user types it, with this on standard input. */
async function keywright(args: readonly string[], input: string | Buffer = '', environment = {}): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], { env: cleanEnvironment(home.path, environment) });
  child.stdin.on('error', () => undefined).end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, stdout, said: stdout + stderr };
}
/** The same in this process: for what is refused before anything is read or written. */
const refused = async (args: readonly string[], input: string | Buffer = ''): Promise<Ended> => {
  const { code, out, error } = await say(['secret', ...args], home.path, {}, input);
  return { code, stdout: out, said: out + error };
};
const secret = (...args: string[]) => keywright(['secret', ...args]);
const set = (name: string, input: string | Buffer, ...more: string[]) =>
  keywright(['secret', 'set', name, ...more], input);
const listed = async (...more: string[]): Promise<{ name: string; fields: string[]; changed: string }[]> => {
  const { stdout } = await secret('list', '--json', ...more);
  return (JSON.parse(stdout) as { secrets: { name: string; fields: string[]; changed: string }[] }).secrets;
};
const data = () => join(home.path, '.local/share/keywright');

describe('a value that is not taken', () => {
  it.each<[string, string[]]>([
    ['an argument', ['set', 'github']],
    ['after two hyphens', ['set', 'github', '--']],
    ['after list', ['list']],
  ])('stands as %s: it is refused, with what to do, and not repeated', async (_what, args) => {
    const { code, said } = await refused([...args, value]);
    expect(code).toBe(2);
    expect(said).toMatch(/A value is never one.*have it replaced/);
    expect(said).not.toContain(value);
    expect(readdirSync(home.path)).not.toContain('.local');
  });

  it.each<[string, string[]]>([
    ['the name', ['set', 'to ken']],
    ['the field', ['set', 'github', '--field', 'a=b']],
    ['an unknown option', ['set', 'github', '--value=']],
    ['the action', ['get']],
  ])('stands in %s: it is not repeated', async (_what, args) => {
    const [last = '', ...rest] = [...args].reverse();
    const { code, said } = await refused([...rest.reverse(), last + value]);
    expect(code).toBe(2);
    expect(said).not.toContain(value);
  });

  it.each<[string, RegExp, string | Buffer, string[]]>([
    ['is empty', /the value is empty/, '\n', []],
    ['is too short', /shorter than 8 bytes/, '1234567\n', []],
    ['is too large', /larger than 65538 bytes/, 'x'.repeat(70_000), []],
    ['holds a NUL', /NUL/, 'abcdefgh\0ijk', []],
    ['is not UTF-8', /not UTF-8/, Buffer.from('abcdefgh\xff', 'latin1'), []],
    ['is no JSON', /is not JSON/, 'abcdefgh{', ['--json']],
    ['is no object', /is not a JSON object/, '["abcdefgh"]', ['--json']],
    ['is an empty object', /has no members/, '{}', ['--json']],
    [
      'has a number',
      /member 2 of the JSON object, b, is not a text: put it in quotes/,
      '{"a":"abcdefgh","b":12345678}',
      ['--json'],
    ],
    [
      'has an object',
      /member 1 of the JSON object, b, is not a text: name the texts/,
      '{"b":{"a":"abcdefgh"}}',
      ['--json'],
    ],
    ['has a name that is none', /member 1 .* has a name that no field/, '{"abcdefgh!":"abcdefgh"}', ['--json']],
    ['has only short members', /every value is shorter/, '{"a":"abc"}', ['--json']],
    ['is for two kinds', /does not go with --field/, '{"a":"abcdefgh"}', ['--json', '--field', 'x']],
  ])('%s: nothing is made, nothing repeated', async (_what, why, input, more) => {
    const { code, said } = await refused(['set', 'github', ...more], input);
    expect(code).toBe(2);
    expect(said).toMatch(why);
    expect(said).not.toContain('abcdefgh');
    expect(readdirSync(home.path)).not.toContain('.local');
  });
});

describe('the store of a user without a configuration', () => {
  it('is made by the first value, for the user alone; the value is in no file and no output', async () => {
    const first = await set('github', `${value}\n`);
    expect(first.code).toBe(0);
    expect(first.said).toContain(`store: { file: ${JSON.stringify(join(data(), 'secrets.age'))} }`);
    expect(readdirSync(data()).sort()).toEqual(['secrets-identity.txt', 'secrets.age']);
    for (const name of readdirSync(data())) expect(statSync(join(data(), name)).mode & 0o777).toBe(0o600);
    expect(statSync(data()).mode & 0o777).toBe(0o700);
    const more = [await set('github', value, '--field', 'other'), await secret('list'), await secret('list', '--json')];
    for (const { code, said } of [first, ...more]) {
      expect(code).toBe(0);
      expect(said).not.toContain(value);
      expect(said).not.toContain('AGE-SECRET-KEY');
    }
    expect(home.everything()).not.toContain(value);
    expect(home.everything()).not.toContain('github');
  });

  it('has the fields that were set, and no more those that were removed', async () => {
    expect(await secret('list')).toMatchObject({ code: 0, stdout: '' });
    expect((await secret('remove', 'db')).code).toBe(1);
    const object = await set('db', JSON.stringify({ user: 'admin', password: value }), '--json');
    expect(object).toMatchObject({ code: 0 });
    expect(object.said).toContain('no request gets them: user.');
    await set('db', value, '--field', 'host');
    expect(await listed()).toMatchObject([{ name: 'db', fields: ['user', 'password', 'host'] }]);
    expect((await listed())[0]?.changed).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect((await secret('remove', 'db', '--field', 'nope')).code).toBe(1);
    expect((await secret('remove', 'db', '--field', 'user')).code).toBe(0);
    expect((await listed())[0]?.fields).toEqual(['password', 'host']);
    await set('db', JSON.stringify({ token: value }), '--json');
    expect((await listed())[0]?.fields).toEqual(['token']);
    await secret('remove', 'db', '--field', 'token');
    expect(await listed()).toEqual([]);
  });
});

describe('the store of a configuration', () => {
  const configured = (store: string): string => {
    const file = join(home.path, 'conf/k.yaml');
    mkdirSync(join(home.path, 'conf'));
    const secrets = 'secrets: { github: { from: store, hosts: [api.example.com] } }';
    writeFileSync(file, `version: 1\nstore: ${store}\n${secrets}\n`, { mode: 0o600 });
    return file;
  };

  it('is checked by `check`, which shows nothing of it', async () => {
    const file = configured('{ identity: { from: file, path: ./id } }');
    const before = await keywright(['check', '-c', file]);
    expect(before.code).toBe(1);
    expect(before.said).toContain(
      `secrets.age does not exist: \`keywright secret set github --config ${file}\` makes it`,
    );
    expect((await set('github', value, '-c', file)).said).not.toContain('A configuration finds this store by');
    const after = await keywright(['check', '-c', file]);
    expect(after).toMatchObject({ code: 0 });
    expect(after.said).toContain('there   secret github');
    expect(after.said).not.toContain(value);
    expect(readdirSync(join(home.path, 'conf')).sort()).toEqual(['id', 'k.yaml', 'secrets.age']);
  });

  it('takes a short field that every reader of the secret calls no secret, and says so', async () => {
    const file = join(home.path, 'k.yaml');
    const write = (...plain: string[]): void => {
      const entry = (fields: string): string =>
        `{ from: store, name: jira, hosts: [a.example.com], plain_fields: [${fields}] }`;
      const secrets = plain.map((fields, index) => `s${index}: ${entry(fields)}`).join(', ');
      writeFileSync(file, `version: 1\nsecrets: { ${secrets} }\n`, { mode: 0o600 });
    };
    const setUser = (field = 'user') => refused(['set', 'jira', '--field', field, '-c', file], 'bob');
    for (const readers of [[''], ['other'], ['user', '']]) {
      write(...readers);
      const { code, said } = await setUser();
      expect(code).toBe(2);
      expect(said).toMatch(/shorter than 8 bytes.*`plain_fields: \[user\]` beside `hosts`/);
    }
    write('user', 'user');
    expect((await setUser('password')).code).toBe(2);
    expect((await refused(['set', 'jira', '-c', file], 'bob')).said).not.toContain('plain_fields');
    const taken = await keywright(['secret', 'set', 'jira', '--field', 'user', '-c', file], 'bob');
    expect(taken.code).toBe(0);
    expect(taken.said).toMatch(
      /not secret, as plain_fields in the configuration says, so not masked in answers: user\.$/m,
    );
    const object = await keywright(
      ['secret', 'set', 'jira', '--json', '-c', file],
      `{"user":"bob","x":"y","token":"${value}"}`,
    );
    expect(object.code).toBe(0);
    expect(object.said).toMatch(/so no request gets them: x\. .*plain_fields: \[x\]/);
    expect(object.said).toMatch(/not masked in answers: user\.$/m);
  });

  it('says of a name that the configuration reads another for, which one that is', async () => {
    const file = join(home.path, 'k.yaml');
    const jira = 'jira: { from: store, name: jira-work, hosts: [a.example.com], plain_fields: [user] }';
    writeFileSync(file, `version: 1\nsecrets: { ${jira} }\n`, { mode: 0o600 });
    const { code, said } = await refused(['set', 'jira', '--field', 'user', '-c', file], 'bob');
    expect(code).toBe(2);
    expect(said).toMatch(/the secret jira reads jira-work: `keywright secret set jira-work`\.$/m);
    expect(said).not.toContain('plain_fields');
    const kept = await refused(['set', 'jira', '-c', file], value);
    expect(kept.code).toBe(0);
    expect(kept.said).toContain('the secret jira reads jira-work');
    expect((await refused(['set', 'jira-work', '-c', file], value)).said).not.toContain('reads');
  });

  it('is opened by a passphrase in a file, and by no other', async () => {
    const passphrase = someValue();
    const file = configured('{ identity: { from: passphrase, file: ./pass } }');
    writeFileSync(join(home.path, 'conf/pass'), `${passphrase}\n`, { mode: 0o600 });
    expect((await set('github', value, '-c', file)).code).toBe(0);
    expect((await keywright(['check', '-c', file])).code).toBe(0);
    writeFileSync(join(home.path, 'conf/pass'), `${passphrase}x\n`);
    const refused = await keywright(['check', '-c', file]);
    expect(refused.code).toBe(1);
    expect(refused.said).toMatch(/has another passphrase/);
    expect(refused.said).not.toContain(passphrase);
  });

  it('says what is missing where nobody can be asked for the passphrase, or there is no keyring', async () => {
    const { code, said } = await set('github', value, '-c', configured('{ identity: { from: keyring } }'));
    expect(code).toBe(1);
    expect(said).toMatch(/the keyring (?:cannot be asked|did not answer)/);
    expect(said).not.toContain(value);
  });
});

describe('commands at once', () => {
  it('lose nothing of what each of them sets, the very first included', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const all = await Promise.all(names.map((name) => set(name, value)));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(all.filter(({ said }) => said.includes('The store is new'))).toHaveLength(1);
    expect((await listed()).map(({ name }) => name)).toEqual(names);
    expect(readdirSync(data()).sort()).toEqual(['secrets-identity.txt', 'secrets.age']);
  });
});
