import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contents } from '../../../src/secrets/store/contents.js';
import type { StoreSettings, StoreSurroundings } from '../../../src/secrets/store/settings.js';

export const someValue = (): string => `s3cr3t-${randomBytes(18).toString('base64url')}`;

export interface StoreFolder {
  readonly path: string;
  readonly settings: StoreSettings;
  readonly remove: () => void;
  /** Everything in it, in one text. */
  readonly everything: () => string;
}

export function storeFolder(): StoreFolder {
  const path = mkdtempSync(join(tmpdir(), 'keywright-store-'));
  return {
    path,
    settings: {
      file: join(path, 'secrets.age'),
      identity: { from: 'file', path: join(path, 'secrets-identity.txt') },
    },
    remove: () => rmSync(path, { recursive: true }),
    everything: () =>
      readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
        .join('\n'),
  };
}

/** Ten minutes after any file that a test has just written, so that its times are taken at their word. */
export const surroundings: StoreSurroundings = {
  environment: {},
  platform: 'linux',
  clock: { now: () => Date.now() + 600_000, elapsed: () => 0 },
};

export function contentsOf(secrets: Readonly<Record<string, Readonly<Record<string, string>>>>): Contents {
  return new Map(
    Object.entries(secrets).map(([name, fields]) => [
      name,
      { fields: new Map(Object.entries(fields)), changed: '2026-01-31T12:00:00.000Z' },
    ]),
  );
}

/** What a promise was rejected with. */
export async function whyRejected(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : 'something else';
  }
  throw new TypeError('was not rejected');
}
