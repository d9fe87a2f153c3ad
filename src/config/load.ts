import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { UsageError } from '../core/usage-error.js';
import { checkSettings } from './check.js';
import type { Config } from './config.js';
import { completed, describeIssue } from './messages.js';
import { ConfigError, type Path, type Problem } from './problem.js';
import { readYaml, type Tree } from './read-yaml.js';
import { configSchema } from './schema.js';

export type { Config } from './config.js';

/** Reads and checks a configuration file. Throws `UsageError` where it cannot be read, `ConfigError` with every mistake in it. */
export function loadConfig(path: string): Config {
  return parseConfig(readText(path), path);
}

/** Reads and checks the text of a configuration; `file` is what it is called in messages, and relative paths start from its folder. */
export function parseConfig(text: string, file: string): Config {
  const tree = readYaml(text);
  if ('problems' in tree) throw new ConfigError(file, tree.problems);
  return checkTree(tree, text, file);
}

/** Checks a configuration that this program made, in JSON: the same grammar and the same checks, without the time that YAML takes. */
export function parseGenerated(json: string, name: string): Config {
  return checkTree({ value: JSON.parse(json), positionOf: () => ({ line: 1, column: 1 }) }, json, name);
}

function checkTree(tree: Tree, text: string, file: string): Config {
  const absolute = resolve(file);
  const folder = dirname(absolute);
  const refuse = (problems: readonly Problem[]): never => {
    throw new ConfigError(
      file,
      problems.map((problem) => ({ ...tree.positionOf(problem), message: problem.message })),
    );
  };
  refuseNewer(tree, refuse);
  const result = configSchema(folder).safeParse(tree.value, { error: describeIssue, reportInput: true });
  if (!result.success) return refuse(result.error.issues.flatMap(problemsOf));
  const mistakes = checkSettings(result.data);
  if (mistakes.length > 0) return refuse(mistakes);
  return { ...result.data, file: absolute, folder, text };
}

/** A file of a newer grammar is told as that, not as the many keys of it that are unknown here. */
function refuseNewer({ value }: Tree, refuse: (problems: readonly Problem[]) => never): void {
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (typeof version !== 'number' || version <= 1) return;
  const message = `found version ${version}, which is newer than this program; allowed is 1, or a newer Keywright`;
  refuse([{ path: ['version'], at: 'value', message }]);
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      at: 'key',
      message: messages[index] ?? issue.message,
    }));
  }
  if (issue.code === 'invalid_key') return [{ path, at: 'key', message: completed(issue.issues[0] ?? issue) }];
  const onKey = issue.code === 'custom' && issue.params?.['at'] === 'key';
  return [{ path, at: onKey ? 'key' : 'value', message: completed(issue) }];
}

function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readGuarded(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new UsageError(`the configuration file ${path} ${reason}.`, { cause: error });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UsageError(`the configuration file ${path} is not UTF-8.`, { cause: error });
  }
}

const writableByAll = 0o002;

/** Whoever can write the file can let themselves have every secret in it. Windows keeps no such mode. */
function readGuarded(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const stat = fstatSync(descriptor);
    if (stat.isFile() && (stat.mode & writableByAll) !== 0 && process.platform !== 'win32') {
      throw new UsageError(`every user can write the configuration file ${path}: \`chmod o-w\` it.`);
    }
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
