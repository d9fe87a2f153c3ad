import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { execSource } from '../../src/secrets/exec.js';
import type { Source } from '../../src/secrets/index.js';
import { reveal } from '../../src/secrets/seal.js';
import { fetchContext, sourceContext, whyUnavailable } from './context.js';

const value = `s3cr3t-${randomBytes(18).toString('base64url')}`;
const options = z.object(execSource.options);
const now = 1_800_000_000_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-exec-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function source(given: object, environment: Record<string, string> = {}): Source {
  const clock = { now: () => now, elapsed: () => 0 };
  const all = { PATH: process.env['PATH'] ?? '', ...environment };
  return execSource.make(options.parse(given), sourceContext({ folder, environment: all, clock }));
}
const sh = (script: string, more: object = {}): object => ({ command: ['sh', '-c', script], ...more });
const fetchFrom = (given: object, environment?: Record<string, string>) =>
  source(given, environment).fetch(fetchContext());
const why = (given: object): Promise<string> => whyUnavailable(fetchFrom(given));
const fieldsOf = async (given: object, environment?: Record<string, string>): Promise<Record<string, string>> => {
  const { fields } = await fetchFrom(given, environment);
  return Object.fromEntries(Object.entries(fields).map(([field, sealed]) => [field, reveal(sealed)]));
};

describe('a command that gives no secret', () => {
  it.each([
    ['a relative path', ['./tool']],
    ['a path with a folder', ['bin/tool']],
    ['nothing', []],
    ['an empty name', ['']],
    ['a NUL in an argument', ['tool', 'a\0b']],
  ])('is refused in the configuration: %s', (_, command) => {
    expect(options.safeParse({ command }).success).toBe(false);
  });

  it('has failed: of its error output nothing is told, as it may repeat the secret', async () => {
    const failing = fetchFrom(sh(`echo ${value}; echo ${value} >&2; exit 7`));
    const error: unknown = await failing.catch((failure: unknown) => failure);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(value);
    expect(await whyUnavailable(failing)).toBe(
      'the secret github is not available: the command sh failed: it ended with exit code 7',
    );
  });

  it('was ended by a signal', async () => {
    expect(await why(sh('kill -SEGV $$'))).toMatch(/failed: it ended with signal SIGSEGV$/);
  });

  it.each([
    ['nothing', ':', /failed: it wrote nothing$/],
    ['a newline alone', 'echo', /failed: it wrote nothing$/],
    ['a NUL', `printf '${value}\\000'`, /failed: its output has a NUL character$/],
    ['what is not UTF-8', `printf '${value}\\377'`, /failed: its output is not UTF-8 text$/],
  ])('wrote %s', async (_, script, reason) => {
    const refused = await why(sh(script));
    expect(refused).toMatch(reason);
    expect(refused).not.toContain(value);
  });

  it('writes without end: it is ended at 64 KiB', async () => {
    expect(await why(sh('exec yes'))).toMatch(/failed: it wrote more than 65536 bytes$/);
  });

  it('writes a byte too much, and may write one less', async () => {
    expect(await why(sh('head -c 65537 /dev/zero | tr "\\0" x'))).toMatch(/wrote more than 65536 bytes$/);
    expect((await fieldsOf(sh('head -c 65536 /dev/zero | tr "\\0" x')))['value']).toHaveLength(65536);
  });

  it.each([
    ['text', `echo ${value}`, /its output is not a JSON object$/],
    ['a list', `echo '["${value}"]'`, /its output is not a JSON object$/],
    ['an object without text', `echo '{"a":null,"b":[]}'`, /has no members that are text$/],
    ['the same field twice', `echo '{"a_b":"${value}","a":{"b":"other"}}'`, /two members .* would be the same field$/],
  ])('wrote %s where JSON was expected', async (_, script, reason) => {
    const refused = await why(sh(script, { format: 'json' }));
    expect(refused).toMatch(reason);
    expect(refused).not.toContain(value);
  });

  it.each(['null', '"soon"', '"2026-01-01"', '"2026-01-01T00:00:00"', '-1', '1e300', '{"a":"b"}'])(
    'states an end that is no time: %s',
    async (time) => {
      const given = sh(`echo '{"token":"${value}","expiry":${time}}'`, { format: 'json', expires_field: 'expiry' });
      expect(await why(given)).toMatch(/its output has no time in expiry$/);
    },
  );
});

describe('a command', () => {
  it('is given its arguments as they are: no shell reads them', async () => {
    const argument = '$(touch shell) `touch shell` ; touch shell | $HOME *';
    expect(await fieldsOf({ command: ['printf', '%s', argument] })).toEqual({ value: argument });
    expect(existsSync(join(folder, 'shell'))).toBe(false);
  });

  it('gets the few variables that programs need and those that are named, and no other', async () => {
    const environment = { API_KEY: value, HOME: '/home/x', AWS_PROFILE: 'work', NODE_OPTIONS: '--inspect', TZ: 'UTC' };
    const { value: shown = '' } = await fieldsOf(
      { command: ['env'], environment: ['AWS_PROFILE', 'UNSET'] },
      environment,
    );
    expect(
      shown
        .split('\n')
        .map((line) => line.split('=')[0])
        .sort(),
    ).toEqual(['AWS_PROFILE', 'HOME', 'PATH', 'TZ']);
    expect(shown).not.toContain(value);
  });

  it('runs in the folder of the configuration, with nothing to read', async () => {
    expect(await fieldsOf({ command: ['pwd'] })).toEqual({ value: realpathSync(folder) });
    expect(await fieldsOf(sh(`cat; echo ${value}`))).toEqual({ value });
  });

  it('loses one newline at the end of what it wrote', async () => {
    expect(await fieldsOf(sh(`printf ' ${value} \\n\\n'`))).toEqual({ value: ` ${value} \n` });
  });

  it('is run again after `refresh`, and its output used until `max_stale`', async () => {
    expect(await fetchFrom(sh('echo some-value'))).toMatchObject({
      refreshAt: now + 300_000,
      expiresAt: now + 3_600_000,
    });
    expect(await fetchFrom(sh('echo some-value', { refresh: '2h', max_stale: '30m' }))).toMatchObject({
      refreshAt: now + 7_200_000,
      expiresAt: now + 7_200_000,
    });
  });

  it('has another version when its output is another', async () => {
    const given = sh('cat value');
    const version = async (text: string): Promise<string> => {
      writeFileSync(join(folder, 'value'), text);
      return (await fetchFrom(given)).version;
    };
    const [first, same, other] = [await version('first'), await version('first'), await version('other')];
    expect(same).toBe(first);
    expect(other).not.toBe(first);
  });

  it('may be a credential process of AWS', async () => {
    const answer = {
      Version: 1,
      AccessKeyId: 'ASIAEXAMPLEEXAMPLE00',
      SecretAccessKey: value,
      SessionToken: `${value}-token`,
      Expiration: '2027-03-04T05:06:07Z',
    };
    writeFileSync(join(folder, 'answer'), JSON.stringify(answer));
    const given = { command: ['cat', 'answer'], format: 'json', expires_field: 'Expiration' };
    const fetched = await fetchFrom(given);
    expect(fetched).toMatchObject({ expiresAt: Date.UTC(2027, 2, 4, 5, 6, 7) });
    expect(fetched.refreshAt).toBeUndefined();
    const { Version, AccessKeyId, SecretAccessKey, SessionToken } = answer;
    const fields = { Version: String(Version), AccessKeyId, SecretAccessKey, SessionToken };
    expect(await fieldsOf(given)).toEqual(fields);
    // Another end does not make it another value.
    writeFileSync(join(folder, 'answer'), JSON.stringify({ ...answer, Expiration: '2027-03-04T06:06:07+01:00' }));
    expect(await fetchFrom(given)).toMatchObject({ version: fetched.version, expiresAt: fetched.expiresAt });
  });

  it('may have objects in its object, as the helpers of Kubernetes and Google do', async () => {
    const status = { token: value, expirationTimestamp: '2027-01-01T00:00:00.5Z' };
    writeFileSync(join(folder, 'answer'), JSON.stringify({ kind: 'ExecCredential', status, spec: {} }));
    const given = { command: ['cat', 'answer'], format: 'json', expires_field: 'status_expirationTimestamp' };
    expect(await fieldsOf(given)).toEqual({ kind: 'ExecCredential', status_token: value });
    expect(await fetchFrom(given)).toMatchObject({ expiresAt: Date.UTC(2027, 0, 1) + 500 });
  });

  it.each(['1900000000', '"1900000000"'])('may state its end in seconds: %s', async (time) => {
    const given = sh(`echo '{"token":"${value}","expiry":${time}}'`, { format: 'json', expires_field: 'expiry' });
    expect(await fetchFrom(given)).toMatchObject({ expiresAt: 1_900_000_000_000 });
  });

  it('may run many times at once', async () => {
    mkdirSync(join(folder, 'runs'));
    const one = source(sh(`touch runs/$$; echo ${value}`));
    const all = await Promise.all(Array.from({ length: 20 }, () => one.fetch(fetchContext())));
    expect(all.map(({ fields }) => reveal(fields['value']!))).toEqual(Array.from({ length: 20 }, () => value));
  });
});
