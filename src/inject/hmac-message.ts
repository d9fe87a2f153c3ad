import { createHash } from 'node:crypto';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { UsageError } from '../core/usage-error.js';
import type { Signable } from './index.js';
import { isReserved, sameField } from './field-name.js';
import { parseTemplate, referencesIn, type Reference, type Template } from './template.js';

/** What is new with each signature. */
export interface Moment {
  readonly timestamp: string;
  readonly nonce: string;
}

const ofMessage = ['method', 'target', 'path', 'query', 'host', 'body', 'body_sha256', 'timestamp', 'nonce'];
const ofSent = ['signature', 'timestamp', 'nonce'];

/** Reads the template of what is signed. Throws `UsageError`. */
export function parseMessage(text: string): Template {
  const message = parseTemplate(text);
  const parts = referencesIn(message);
  requireKnown(
    parts.filter(({ secret }) => secret !== 'header'),
    'message',
    [...ofMessage, 'header.NAME'],
  );
  for (const { secret, field } of parts) {
    if (secret !== 'header') continue;
    if (field === 'value') throw new UsageError('a header in the message of an hmac is {header.NAME}.');
    if (isReserved(field.toLowerCase())) {
      throw new UsageError(`the header ${field} cannot be signed: it is not known before the request goes out.`);
    }
  }
  if (parts.every(({ secret }) => secret === 'timestamp' || secret === 'nonce')) {
    throw new UsageError(
      'the message of an hmac names nothing of the request, so its signature would be good for any.',
    );
  }
  return message;
}

/** Reads the template of the header with the signature. Throws `UsageError`. */
export function parseSent(text: string): Template {
  const sent = parseTemplate(text);
  requireKnown(referencesIn(sent), 'template', ofSent);
  if (!referencesIn(sent).some(({ secret }) => secret === 'signature')) {
    throw new UsageError('the template of an hmac needs {signature}.');
  }
  if (text.trim() !== text || !/^[\x20-\x7e]*$/.test(text)) {
    throw new UsageError('the template of an hmac is visible ASCII without a space at an end.');
  }
  return sent;
}

function requireKnown(parts: readonly Reference[], option: string, known: readonly string[]): void {
  if (parts.every(({ secret, field }) => known.includes(secret) && field === 'value')) return;
  throw new UsageError(`what the ${option} of an hmac may name is ${known.map((name) => `{${name}}`).join(', ')}.`);
}

/** Whether who checks the signature is told all that is signed, and no part of it is the signature. Throws `UsageError`. */
export function checkVariables(
  message: Template,
  sent: Template,
  places: { readonly signature: string; readonly timestamp: string | undefined; readonly nonce: string | undefined },
): void {
  const signed = referencesIn(message);
  for (const name of ['timestamp', 'nonce'] as const) {
    const isTold = places[name] !== undefined || referencesIn(sent).some(({ secret }) => secret === name);
    if (!isTold && signed.some(({ secret }) => secret === name)) {
      throw new UsageError(`an hmac over a ${name} sends it: in ${name}_header, or as {${name}} in its template.`);
    }
  }
  if (signed.some(({ secret, field }) => secret === 'header' && sameField(field, places.signature))) {
    throw new UsageError('the message of an hmac cannot hold the header that the signature goes in.');
  }
}

/**
 * The bytes that are signed: each part as it goes on the wire. Throws `unsignable` where there is none, or more than one way to read it.
 */
export function messageOf(message: Template, request: Signable, moment: Moment): Buffer {
  return Buffer.concat(
    message.map((part) => (typeof part === 'string' ? Buffer.from(part) : bytesOf(part, request, moment))),
  );
}

function bytesOf({ secret: name, field }: Reference, request: Signable, moment: Moment): Buffer {
  const query = request.path.indexOf('?');
  switch (name) {
    case 'body':
      return bodyOf(request);
    case 'body_sha256':
      return Buffer.from(createHash('sha256').update(bodyOf(request)).digest('hex'));
    case 'path':
      return lineOf(query === -1 ? request.path : request.path.slice(0, query));
    case 'query':
      return lineOf(query === -1 ? '' : request.path.slice(query + 1));
    case 'target':
      return lineOf(request.path);
    case 'method':
    case 'host':
      return lineOf(request[name]);
    case 'timestamp':
    case 'nonce':
      return lineOf(moment[name]);
    default:
      return lineOf(headerOf(request, field));
  }
}

function bodyOf({ content, hasBody }: Signable): Buffer {
  if (content === undefined && hasBody) throw unsignable('the body is not in memory');
  return content ?? Buffer.alloc(0);
}

/** As it stands on the wire. A line end in it could be taken for one of the message's own: it never came so far. */
function lineOf(text: string): Buffer {
  if (/[\r\n\0]/.test(text)) throw unsignable('a part of it holds a line end');
  return Buffer.from(text, 'latin1');
}

function headerOf({ headers }: Signable, name: string): string {
  const spelled = headers.raw.filter((_, at) => at % 2 === 0).filter((other) => sameField(other, name));
  const [value] = headers.all(name.toLowerCase());
  if (value === undefined) throw unsignable(`it has no header ${name}, which is signed`);
  if (spelled.length > 1) throw unsignable(`it has the header ${name} more than once, which is signed`);
  return value;
}

function unsignable(why: string): Refusal {
  return new Refusal('unsignable', { cause: new Reason(why) });
}
