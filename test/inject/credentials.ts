import { randomBytes } from 'node:crypto';
import { HeaderList } from '../../src/core/header-list.js';
import type { RequestHead } from '../../src/core/message.js';
import { keyedPlaceholders, type Placeholders } from '../../src/inject/placeholder.js';
import { toCredential } from '../../src/secrets/credential.js';
import type { Credential } from '../../src/secrets/index.js';
import { seal } from '../../src/secrets/seal.js';

/** Credentials with these fields, as a request has them when it is injected into. */
export function credentials(
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>,
  plain: readonly string[] = [],
): ReadonlyMap<string, Credential> {
  return new Map(
    Object.entries(secrets).map(([name, values]) => {
      const fields = Object.fromEntries(Object.entries(values).map(([field, value]) => [field, seal(name, value)]));
      return [name, toCredential(name, 'test', { fields, version: '1' }, Buffer.alloc(32), plain)];
    }),
  );
}

/** A value that no other test or run has. */
export function generatedSecret(): string {
  return `s3cr3t-${randomBytes(18).toString('base64url')}`;
}

/** Placeholders of two clients for three secrets, of another key in each test. */
export function somePlaceholders(): Placeholders {
  const secrets = new Map([
    ['github', 'ghp_<36 alnum>'],
    ['jira', undefined],
    ['slack', '<uuid>'],
  ]);
  return keyedPlaceholders(randomBytes(32), ['desk', 'agents'], secrets);
}

export function headWith(headers: readonly string[], path = '/'): RequestHead {
  return { method: 'GET', path, headers: new HeaderList(headers) };
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
