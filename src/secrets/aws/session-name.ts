import { createHash } from 'node:crypto';
import type { Caller } from '../../core/message.js';
import { textOption } from '../allowed.js';

/** A text that may hold `{client}` and `{subject}`, and no other braces; who takes one refuses `{subject}` while no caller has one. */
export const callerTemplate = textOption(
  /^(?:[^{}]|\{client\}|\{subject\}){1,256}$/,
  'a text that may hold {client}, and no other braces',
).meta({ title: 'template' });

/** A template for this caller; undefined where it asks for a subject and the caller has none. */
export function filled(template: string, { client, subject }: Caller): string | undefined {
  if (subject === undefined && template.includes('{subject}')) return undefined;
  return template.replace(/\{(client|subject)\}/g, (_, part) => (part === 'client' ? client : (subject ?? '')));
}

/**
 * As STS takes session names and source identities: 2 to 64 of `[\w+=,.@-]`. What had to be changed for it gets a digest at its end:
 * two callers must not look like one in CloudTrail.
 */
export function sessionName(text: string): string {
  if (/^[\w+=,.@-]{2,64}$/.test(text)) return text;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return `${text.replace(/[^\w+=,.@-]/g, '-').slice(0, 51)}-${digest}`;
}
