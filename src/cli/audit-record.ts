import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/load.js';

/** What a `use` or `refused` record says of its request. */
export interface RecordedRequest {
  readonly client?: string;
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly path?: string;
}

/** The record of a request in the audit files of the configuration, newest file first. */
export function findRecord(config: Config, id: string): RecordedRequest | undefined {
  for (const { kind, options } of config.audit) {
    const dir = (options as { readonly dir?: string }).dir;
    if (kind.kind !== 'file' || dir === undefined) continue;
    for (const file of auditFiles(dir)) {
      const line = readFileSync(file, 'utf8')
        .split('\n')
        .find((candidate) => candidate.includes(`"id":"${id}"`) && !candidate.includes('"kind":"end"'));
      if (line !== undefined) return JSON.parse(line) as RecordedRequest;
    }
  }
  return undefined;
}

function auditFiles(dir: string): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .reverse()
      .map((name) => join(dir, name));
  } catch {
    // No folder yet: nothing was recorded.
    return [];
  }
}
