import { z } from 'zod';
import type { Sealed } from '../../core/sealed.js';
import { jsonOf, membersOf, sealMembers } from '../answer.js';
import { textOption } from '../allowed.js';
import { defineSourceOf } from '../backend.js';
import { durationOption } from '../duration-option.js';
import { exactlyOne, staleAfterRefresh } from '../option-rules.js';
import { seal } from '../seal.js';
import { unavailable } from '../unavailable.js';
import { valueVersion } from '../value-version.js';
import type { Workos } from './server.js';

/** A name that fills one segment of a path; the dots alone would lead elsewhere. */
const nameOfObject = textOption(
  /^(?!\.{1,2}$)[^\p{Cc}\p{Cs}]{1,512}$/u,
  'the name of an object, without control characters',
).meta({ title: 'name of an object' });

const identifier = textOption(
  /^[A-Za-z0-9_-]{1,128}$/,
  'the identifier of an object: letters, digits, "-" and "_"',
).meta({ title: 'identifier' });

/** An object of WorkOS Vault (https://workos.com/docs/vault). */
export const objectSource = defineSourceOf<Workos>()({
  kind: 'workos',
  summary: 'An object of WorkOS Vault, by its name or its identifier.',
  options: {
    object: nameOfObject.optional().describe('The name of the object. This or `id`.'),
    id: identifier.optional().describe('The identifier of the object. This or `object`.'),
    format: z
      .enum(['text', 'json'])
      .default('text')
      .describe('`text`: the whole value. `json`: an object whose members are the fields.'),
    refresh: durationOption.prefault('5m').describe('How long it is used before WorkOS is asked for it again.'),
    max_stale: durationOption
      .prefault('1h')
      .describe(
        'How long it is used at most while WorkOS cannot answer, counted from when it was last asked; no shorter than `refresh`.',
      ),
  },
  rules: [exactlyOne('object', 'id'), staleAfterRefresh],
  make({ object, id, format, refresh, max_stale }, { name, clock, backend }) {
    const what = object === undefined ? `the object ${id} of the Vault` : `the object named ${object} in the Vault`;
    const path = object === undefined ? `/vault/v1/kv/${id}` : `/vault/v1/kv/name/${encodeURIComponent(object)}`;
    return {
      async fetch(fetching) {
        const now = clock.now();
        const answer = await backend.ask({ name, what, method: 'GET', path, fetching });
        const isTheOne = object === undefined ? answer['id'] === id : answer['name'] === object;
        if (!isTheOne) throw unavailable(name, `WorkOS answered with another object than ${what}`);
        const { value } = answer;
        if (typeof value !== 'string' || value === '') throw unavailable(name, `${what} has no value`);
        const fields = format === 'text' ? { value: seal(name, value) } : fieldsIn(name, value, what);
        const version = versionOf(answer['metadata'], value);
        return { fields, version, refreshAt: now + refresh, expiresAt: now + Math.max(refresh, max_stale) };
      },
    };
  },
});

function fieldsIn(name: string, value: string, what: string): Readonly<Record<string, Sealed>> {
  const members = membersOf(jsonOf(value));
  if (members === undefined) throw unavailable(name, `${what} does not hold a JSON object`);
  const fields = sealMembers(name, members);
  if (Object.keys(fields).length === 0) throw unavailable(name, `${what} has no members that can be fields`);
  return fields;
}

/** The version stands in the audit log: what has not the form of one is not repeated there. */
function versionOf(metadata: unknown, value: string): string {
  const version = membersOf(metadata)?.['version_id'];
  const isOne = typeof version === 'string' && /^[\w.-]{1,128}$/.test(version) && !value.includes(version);
  return isOne ? version : valueVersion(value);
}
