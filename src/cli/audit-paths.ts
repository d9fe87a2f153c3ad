import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { logFilesIn, parseLogFileName, type LogFile } from '../audit/log-files.js';
import type { Config } from '../config/load.js';
import { MissingError } from '../core/usage-error.js';
import type { Invocation } from './command.js';
import { findConfig, stateFolder } from './configuration.js';
import { printable } from './printable.js';
import type { Terminal } from './terminal.js';

/** What is to be read: files of the `file` sink, and others, such as captured standard output. */
export interface AuditPaths {
  readonly files: readonly LogFile[];
  readonly streams: readonly string[];
}

/** The files that these paths name; without any those of the configuration, or of `run` where there is none. */
export function auditPaths(paths: readonly string[], invocation: Invocation, terminal: Terminal): AuditPaths {
  if (paths.length === 0) return readFolders(auditFolders(findConfig(invocation, terminal), terminal));
  const found = paths.map((path) => resolve(path)).map(pathsOf);
  return { files: sorted(found.flatMap(({ files }) => files)), streams: found.flatMap(({ streams }) => streams) };
}

/** Where the configuration's `file` sinks write; without a configuration, where `run` does. */
export function auditFolders(config: Config | undefined, terminal: Terminal): readonly string[] {
  if (config === undefined) return [join(stateFolder(terminal), 'audit')];
  return config.audit.flatMap(({ kind, options }) => {
    const { dir } = options as { readonly dir?: string };
    return kind.kind === 'file' && dir !== undefined ? [dir] : [];
  });
}

function readFolders(folders: readonly string[]): AuditPaths {
  if (folders.length === 0)
    throw new MissingError('the configuration has no `file` sink: give the files or folders to read.');
  return { files: sorted(folders.flatMap((folder) => pathsOf(folder).files)), streams: [] };
}

function pathsOf(path: string): AuditPaths {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new MissingError(`there is no audit log at ${printable(path)}.`);
  if (stat.isDirectory()) return { files: logFilesIn(path), streams: [] };
  const name = basename(path);
  const parsed = parseLogFileName(name);
  return parsed === undefined ? { files: [], streams: [path] } : { files: [{ path, name, ...parsed }], streams: [] };
}

function sorted(files: readonly LogFile[]): LogFile[] {
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return files.toSorted((a, b) => order(a.day, b.day) || order(a.path, b.path));
}
