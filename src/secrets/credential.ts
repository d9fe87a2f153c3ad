import { createHmac } from 'node:crypto';
import type { Sealed } from '../core/sealed.js';
import type { Credential, Fetched } from './index.js';
import { reveal } from './seal.js';
import { unavailable } from './unavailable.js';

/** Bytes. Shorter values cannot be masked in answers without masking innocent text: they are no credentials here. */
const shortest = 8;
const fingerprintDigits = 16;
/** What is looked for in every answer, and kept compiled for it: so much, and no more, is a secret. */
const mostFields = 64;
const mostBytes = 64 * 1024;

/**
 * What was fetched, as it goes to a request. A field that is too short to be scrubbed is never handed out; a secret without
 * any other is refused. `key` keeps the fingerprint from being guessed where the value can be. Throws `secret_unavailable`.
 */
export function toCredential(
  name: string,
  backend: string,
  { fields, version, lease, expiresAt }: Fetched,
  key: Buffer,
): Credential {
  const all = Object.values(fields);
  if (all.length > mostFields) throw unavailable(name, `it has more than ${mostFields} fields`, 'denied');
  if (all.reduce((sum, field) => sum + Buffer.byteLength(reveal(field)), 0) > mostBytes) {
    throw unavailable(name, `it is larger than ${mostBytes} bytes`, 'denied');
  }
  const usable = new Map(Object.entries(fields).filter(([, sealed]) => whyNot(sealed) === undefined));
  if (usable.size === 0) throw unavailable(name, Object.values(fields).map(whyNot).at(0) ?? 'it has no fields');
  const sealed = [...usable.values()];
  const digest = createHmac('sha256', key).update(sealed.map(reveal).join('\0')).digest('hex');
  return {
    name,
    backend,
    version,
    lease: lease?.id,
    expiresAt,
    sealed,
    fingerprint: digest.slice(0, fingerprintDigits),
    field(wanted) {
      const field = usable.get(wanted);
      if (field !== undefined) return field;
      const unusable = Object.hasOwn(fields, wanted) ? fields[wanted] : undefined;
      const why = unusable === undefined ? 'is not there' : (whyNot(unusable) ?? '').replace(/^it /, '');
      throw unavailable(name, `its field ${wanted} ${why}`);
    },
  };
}

function whyNot(sealed: Sealed): string | undefined {
  const { length } = Buffer.from(reveal(sealed));
  if (length === 0) return 'it is empty';
  return length < shortest ? `it is shorter than ${shortest} bytes, too short to be found in answers` : undefined;
}
