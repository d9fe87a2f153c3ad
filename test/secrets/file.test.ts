import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fileSource } from '../../src/secrets/file.js';
import type { Source } from '../../src/secrets/index.js';
import { reveal } from '../../src/secrets/seal.js';
import { fetchContext, sourceContext, whyUnavailable } from './context.js';

const value = `s3cr3t-${randomBytes(18).toString('base64url')}`;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const make = (path = 'token', now = () => Date.now() + 600_000): Source =>
  fileSource.make({ path, format: 'text' }, sourceContext({ folder, clock: { now, elapsed: () => 0 } }));
const write = (text: string | Buffer, name = 'token', mode = 0o600): void => {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), mode);
};
const read = async (source: Source): Promise<string> => reveal((await source.fetch(fetchContext())).fields['value']!);
const why = (source: Source): Promise<string> => whyUnavailable(source.fetch(fetchContext()));

describe('a secret in a file that cannot be used', () => {
  it('is missing', async () => {
    expect(await why(make())).toBe(
      `the secret github is not available: the file ${join(folder, 'token')} does not exist`,
    );
    write(value);
    expect(await why(make('token/below'))).toMatch(/does not exist$/);
  });

  const asRoot = process.getuid?.() === 0;
  (asRoot ? it.skip : it)('is there, but not readable: told apart from missing', async () => {
    write(value, 'token', 0o000);
    expect(await why(make())).toMatch(/is not readable for the user that Keywright runs as$/);
  });

  it('has a name that no file can have: told apart from missing', async () => {
    expect(await why(make('x'.repeat(300)))).toMatch(/cannot be read \(ENAMETOOLONG\)$/);
  });

  it('is a folder, or a loop of links', async () => {
    expect(await why(make('.'))).toMatch(/is not a regular file$/);
    symlinkSync('loop', join(folder, 'loop'));
    expect(await why(make('loop'))).toMatch(/is a symbolic link to itself$/);
  });

  it('is a named pipe, which would keep a reader waiting for ever', async () => {
    execFileSync('mkfifo', [join(folder, 'token')]);
    expect(await why(make())).toMatch(/is not a regular file$/);
  });

  it.each([
    ['its group', 0o620],
    ['everybody', 0o602],
  ])('can be written by %s', async (_, mode) => {
    write(value, 'token', mode);
    expect(await why(make())).toMatch(/can be written by others than its owner: chmod go-w$/);
  });

  it('may be read by others: a mounted Kubernetes secret is', async () => {
    write(value, 'token', 0o644);
    expect(await read(make())).toBe(value);
  });

  it.each([
    ['empty', ''],
    ['a newline alone', '\n'],
    ['a Windows line end alone', '\r\n'],
  ])('is %s', async (_, text) => {
    write(text);
    expect(await why(make())).toMatch(/is empty$/);
  });

  it('is not UTF-8', async () => {
    write(Buffer.concat([Buffer.from(value), Buffer.from([0xff, 0xfe])]));
    const refused = await why(make());
    expect(refused).toMatch(/is not UTF-8 text$/);
    expect(refused).not.toContain(value);
  });

  it('is larger than 64 KiB, and not one byte less', async () => {
    write('x'.repeat(64 * 1024 + 1));
    expect(await why(make())).toMatch(/is larger than 65536 bytes$/);
    write('x'.repeat(64 * 1024));
    expect(await read(make())).toHaveLength(64 * 1024);
  });
});

describe('a secret in a file', () => {
  it.each([
    ['as it is', value, value],
    ['without the newline at its end', `${value}\n`, value],
    ['without the Windows line end at its end', `${value}\r\n`, value],
    ['without more than one newline', `${value}\n\n`, `${value}\n`],
    ['with its spaces', ` ${value} `, ` ${value} `],
    ['without a byte order mark', `\ufeff${value}`, value],
  ])('is the whole text, %s', async (_, text, expected) => {
    write(text);
    expect(await read(make())).toBe(expected);
  });

  it('may be named by an absolute path', async () => {
    write(value);
    expect(await read(make(join(folder, 'token')))).toBe(value);
  });

  it('may be made up by the kernel, which states no size', async () => {
    expect(await read(make('/proc/sys/kernel/ostype'))).toBe('Linux');
  });

  it('has members as fields in the format json', async () => {
    write(JSON.stringify({ token: value }));
    const source = fileSource.make({ path: 'token', format: 'json' }, sourceContext({ folder }));
    const { fields } = await source.fetch(fetchContext());
    expect(reveal(fields['token']!)).toBe(value);
  });
});

describe('a file that changes', () => {
  it('is not read again while it stays', async () => {
    write(value);
    const source = make();
    const [first, second] = [await source.fetch(fetchContext()), await source.fetch(fetchContext())];
    expect(second).toBe(first);
  });

  it('is read again when it is replaced, as Kubernetes does by a link', async () => {
    mkdirSync(join(folder, 'one'));
    mkdirSync(join(folder, 'two'));
    write('first-value', 'one/token');
    write('second-value', 'two/token');
    symlinkSync('one', join(folder, 'data'));
    symlinkSync('data/token', join(folder, 'token'));
    const source = make();
    expect(await read(source)).toBe('first-value');
    const { version } = await source.fetch(fetchContext());
    symlinkSync('two', join(folder, 'data-new'));
    renameSync(join(folder, 'data-new'), join(folder, 'data'));
    expect(await read(source)).toBe('second-value');
    expect((await source.fetch(fetchContext())).version).not.toBe(version);
  });

  it('is read again where its size and its time of modification stay the same', async () => {
    write('first-value');
    utimesSync(join(folder, 'token'), 1, 1);
    const source = make();
    expect(await read(source)).toBe('first-value');
    const before = statSync(join(folder, 'token'), { bigint: true });
    do {
      writeFileSync(join(folder, 'token'), 'other-value');
      utimesSync(join(folder, 'token'), 1, 1);
    } while (statSync(join(folder, 'token'), { bigint: true }).ctimeNs === before.ctimeNs);
    expect(statSync(join(folder, 'token')).mtimeMs).toBe(1000);
    expect(await read(source)).toBe('other-value');
  });

  it('is always read again while it is so young that its times may not tell', async () => {
    write('first-value');
    const source = make('token', () => Date.now());
    const first = await source.fetch(fetchContext());
    const second = await source.fetch(fetchContext());
    expect(second).not.toBe(first);
    expect(second.version).toBe(first.version);
  });

  it('is refused once it is gone or can be written by others, and used again afterwards', async () => {
    write(value);
    const source = make();
    expect(await read(source)).toBe(value);
    chmodSync(join(folder, 'token'), 0o666);
    expect(await why(source)).toMatch(/can be written by others/);
    rmSync(join(folder, 'token'));
    expect(await why(source)).toMatch(/does not exist$/);
    write('third-value');
    expect(await read(source)).toBe('third-value');
  });
});
