import { existsSync } from 'node:fs';
import { logFilesIn } from '../audit/log-files.js';
import { linesOf } from '../audit/read/lines.js';
import { parseRecord } from '../audit/read/logged-record.js';
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
    const { dir } = options as { readonly dir?: string };
    if (kind.kind !== 'file' || dir === undefined || !existsSync(dir)) continue;
    for (const { path } of logFilesIn(dir).reverse()) {
      const found = recordIn(path, id);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function recordIn(path: string, id: string): RecordedRequest | undefined {
  for (const { text } of linesOf(path)) {
    if (!text.includes(id)) continue;
    const record = parseRecord(text)?.record;
    if (record?.['id'] === id && record['kind'] !== 'end') return record as unknown as RecordedRequest;
  }
  return undefined;
}
