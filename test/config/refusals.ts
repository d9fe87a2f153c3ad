import { parseConfig } from '../../src/config/load.js';
import { ConfigError } from '../../src/config/problem.js';

/** What is refused in a configuration: `line:column message` of each mistake; empty where there is none. */
export function refusalsOf(text: string): string[] {
  try {
    parseConfig(`version: 1\n${text}`, '/etc/k/f.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
}
