import { readFileSync, statSync } from 'node:fs';

/** Bytes. */
const largest = 64 * 1024;

export type Members = Readonly<Record<string, unknown>>;

/** The JSON object in a file that a variable names; where there is none, a clause that says so and repeats nothing of it. */
export function readJsonFile(path: string): Members | string {
  try {
    const { size } = statSync(path);
    if (size > largest) return `its file is larger than ${largest} bytes`;
    return membersOf(JSON.parse(readFileSync(path, 'utf8'))) ?? 'its file holds no JSON object';
  } catch (error) {
    // What the parser says repeats what it read.
    return error instanceof SyntaxError ? 'its file holds no JSON object' : 'its file cannot be read';
  }
}

export function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}
