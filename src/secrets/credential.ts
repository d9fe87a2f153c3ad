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
 * What was fetched, as it goes to a request. A field that is too short to be scrubbed is never handed out, unless it is one of `plain`,
 * which are not secret and not looked for; a secret without any that is secret is refused. `key` keeps the fingerprint from being guessed
 * where the value can be. Throws `secret_unavailable`.
 */
export function toCredential(
  name: string,
  backend: string,
  { fields, unusable = {}, version, lease, expiresAt }: Fetched,
  key: Buffer,
  plain: readonly string[] = [],
): Credential {
  const whyNot = (field: string, sealed: Sealed): string | undefined => whyNotHanded(sealed, plain.includes(field));
  const all = Object.values(fields);
  if (all.length > mostFields) throw unavailable(name, `it has more than ${mostFields} fields`, 'denied');
  if (all.reduce((sum, field) => sum + Buffer.byteLength(reveal(field)), 0) > mostBytes) {
    throw unavailable(name, `it is larger than ${mostBytes} bytes`, 'denied');
  }
  const usable = new Map(Object.entries(fields).filter(([field, value]) => whyNot(field, value) === undefined));
  const sealed = [...usable].filter(([field]) => !plain.includes(field)).map(([, value]) => value);
  if (sealed.length === 0) throw unavailable(name, whyNone(fields, unusable, plain));
  const digest = createHmac('sha256', key).update(sealed.map(reveal).join('\0')).digest('hex');
  return {
    name,
    backend,
    version,
    lease: lease?.id,
    expiresAt,
    sealed,
    names: [...usable.keys()],
    fingerprint: digest.slice(0, fingerprintDigits),
    field(wanted) {
      const field = usable.get(wanted);
      if (field !== undefined) return field;
      const short = Object.hasOwn(fields, wanted) ? fields[wanted] : undefined;
      const never = Object.hasOwn(unusable, wanted) ? unusable[wanted] : undefined;
      const why = short === undefined ? (never ?? 'is not there') : (whyNot(wanted, short) ?? '');
      throw unavailable(name, `its field ${wanted} ${why}${short === undefined ? '' : hintFor(wanted, short)}`);
    },
  };
}

function whyNotHanded(sealed: Sealed, isPlain: boolean): string | undefined {
  const { length } = Buffer.from(reveal(sealed));
  if (length === 0) return 'is empty';
  return length < shortest && !isPlain
    ? `is shorter than ${shortest} bytes, too short to be found in answers`
    : undefined;
}

/** A secret's one value is never plain, and what is empty does not become more by being so. */
function hintFor(field: string, sealed: Sealed): string {
  return field === 'value' || reveal(sealed) === ''
    ? ''
    : `: where it is no secret, \`plain_fields: [${field}]\` says so`;
}

/** Why nothing of it can be handed out: what is wrong with the first field that is secret. */
function whyNone(
  fields: Fetched['fields'],
  unusable: NonNullable<Fetched['unusable']>,
  plain: readonly string[],
): string {
  const [first] = Object.entries(fields).filter(([field]) => !plain.includes(field));
  const [never] = Object.entries(unusable);
  if (first !== undefined) return `it ${whyNotHanded(first[1], false) ?? ''}`;
  if (never !== undefined) return `its field ${never[0]} ${never[1]}`;
  return Object.keys(fields).length === 0 ? 'it has no fields' : 'it has no fields but those of plain_fields';
}
