import { spawn } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from '@jest/globals';
import type { AuditRecord } from '../support/proxy.js';
import type { Serving } from '../support/serve.js';
import { cleanEnvironment, ended, startKeywright, type Ended } from '../support/run.js';

/** Where a client finds `serve`, and what it has to trust inside. */
export interface Route {
  readonly proxyUrl: string;
  readonly trustPem: string;
  readonly trustFile: string;
  /** A user's shell, with nothing of the proxy in it yet. */
  readonly shell: Readonly<Record<string, string>>;
}

export function routeThrough({ port, token, folder, trustPem }: Serving): Route {
  const trustFile = join(folder, 'trusted.pem');
  writeFileSync(trustFile, trustPem);
  return { proxyUrl: `http://desk:${token}@127.0.0.1:${port}`, trustPem, trustFile, shell: cleanEnvironment(folder) };
}

/** What the client `desk` sends in place of a secret; the configuration has a `placeholder_key_file`. */
export async function placeholderOf({ folder: at }: Serving, secret: string): Promise<string> {
  const config = join(at, 'keywright.yaml');
  const child = startKeywright(['placeholder', secret, '--client', 'desk', '--config', config], { folder: at });
  const { stdout } = await ended(child);
  expect(stdout).not.toBe('');
  return stdout.trim();
}

export interface ExecuteOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What goes into its stdin; else it is empty. */
  readonly input?: Readable;
}

/** Runs a program to its end. Not synchronously: the destinations live in this process. */
export async function execute(
  [command, ...args]: readonly [string, ...string[]],
  { env, cwd, input }: ExecuteOptions,
): Promise<Ended> {
  const child = spawn(command, args, { env, cwd, timeout: 60_000, killSignal: 'SIGKILL' });
  // A program may end without having read all of it.
  child.stdin.on('error', () => undefined);
  if (input === undefined) child.stdin.end();
  else input.pipe(child.stdin);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

/** Like `execute`, for a program of which nothing but success will do: the message shows what it said. */
export async function succeed(command: readonly [string, ...string[]], options: ExecuteOptions): Promise<Ended> {
  const outcome = await execute(command, options);
  if (outcome.code !== 0)
    throw new Error(`${command.join(' ')} ended with ${outcome.code ?? 'a signal'}: ${outcome.stderr}`);
  return outcome;
}

/** Each use has one end, and no end is without its use; returns the uses. */
export function pairedUses(records: readonly AuditRecord[]): readonly AuditRecord[] {
  const idsOf = (wanted: string): readonly unknown[] =>
    records.filter(({ kind }) => kind === wanted).map(({ id }) => id);
  expect([...idsOf('end')].sort()).toEqual([...idsOf('use')].sort());
  return records.filter(({ kind }) => kind === 'use');
}

/** The same of `serve`, once it has ended: an end is written after the client has its answer. */
export async function usesOf(serving: Serving): Promise<readonly AuditRecord[]> {
  serving.signal('SIGTERM');
  await serving.ended;
  return pairedUses(serving.records());
}

/** A field of a head that arrived, if it did. */
export function field(rawHeaders: readonly string[], wanted: string): string | undefined {
  const index = rawHeaders.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === wanted);
  return index === -1 ? undefined : rawHeaders[index + 1];
}

/** SHA-256 of all that a stream gives, in hexadecimal. */
export async function digestOf(stream: Readable): Promise<string> {
  const hash: Hash = createHash('sha256');
  for await (const piece of stream) hash.update(piece as Buffer);
  return hash.digest('hex');
}
