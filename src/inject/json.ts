import { z } from 'zod';
import { defineKind } from '../core/kind.js';
import type { Draft, RequestHead } from '../core/message.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { UsageError } from '../core/usage-error.js';
import type { Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import { folded, slotAt } from './json-slot.js';
import { parsePointer, stringAt } from './json-string.js';
import { isTooDeep } from './json-walk.js';
import { isJson, isUtf8, mediaTypeOf } from './media-type.js';
import { slot } from '../core/slot.js';
import { inJson, replaceSpelled } from './spelling.js';
import { mostOccurrences, requireOneFieldEach, substitutionsFor } from './substitution.js';
import { parseTemplateOf, render, secretsOf, valueOf, type Reference, type Template } from './template.js';
import { isSecret } from './usable.js';

type Firing = Pick<Injection, 'holds' | 'wants' | 'inject'>;

/** A string of a JSON body: Tavily's `/api_key`, HubSpot's `/tokenKey`. All else in the body stays byte for byte. */
export const jsonPlace = defineKind({
  kind: 'json',
  summary: 'A string in a JSON body (`application/json` and `…+json`).',
  options: {
    pointer: z.string().describe('Where it stands: a JSON Pointer (RFC 6901) such as `/api_key`.'),
    template: z.string().min(1).describe('The string: text with `{secret}` or `{secret.field}`.'),
  },
  make: ({ pointer, template }, context: InjectContext): Injection => {
    const tokens = parsePointer(pointer);
    if (tokens === undefined)
      throw new UsageError(
        'the pointer of a json place is a JSON Pointer such as /api_key, with ~1 for / and ~0 for ~.',
      );
    const { parts, references } = parseTemplateOf('a json place', template);
    const common = {
      place: `json ${pointer}`,
      mode: context.mode,
      fields: [],
      writes: [slot('json', ...tokens.map(folded))],
      secrets: secretsOf(references),
    };
    return {
      ...common,
      ...(context.mode === 'set' ? setting(tokens, parts) : substituting(tokens, references, context)),
    };
  },
});

/** In every JSON body; one where it has no place is refused, since it would go out without its credential. */
function setting(tokens: readonly string[], parts: Template): Firing {
  const slotOf = (text: string): NonNullable<ReturnType<typeof slotAt>> => {
    const slot = isValid(text) ? slotAt(text, tokens) : undefined;
    if (slot !== undefined) return slot;
    throw new Refusal('body_malformed', { cause: new Reason('the JSON body has no one place at the pointer') });
  };
  return {
    holds: isJsonRequest,
    wants(request) {
      if (!isJsonRequest(request) || (request.content?.plain.length ?? 0) === 0) return false;
      slotOf(textOf(request));
      return true;
    },
    inject(request, _, credentials) {
      const text = textOf(request);
      const { start, end, before, after } = slotOf(text);
      const value = render(parts, (reference) => valueOf(reference, credentials));
      const escaped = inJson.write(value);
      replaceText(request, `${text.slice(0, start)}${before}"${escaped}"${after}${text.slice(end)}`);
      return [value, escaped];
    },
  };
}

/** Replaces only the placeholder within the string that the client sent, and only where that is the one string there. */
function substituting(
  tokens: readonly string[],
  references: readonly Reference[],
  { placeholders }: InjectContext,
): Firing {
  requireOneFieldEach(references);
  return {
    holds: (head, client) =>
      substitutionsFor(references, client, placeholders).length > 0 && jsonCharsetOf(head) === 'utf-8',
    wants(request, client) {
      if (request.content?.isReadable !== true || jsonCharsetOf(request) !== 'utf-8') return false;
      const text = textOf(request);
      const substitutions = substitutionsFor(references, client, placeholders);
      // Looked for before it is read: nearly no body holds one.
      if (!substitutions.some(({ placeholder }) => text.includes(inJson.write(placeholder))) || !isValid(text))
        return false;
      const place = stringAt(text, tokens);
      if (place === undefined) return false;
      const { count } = replaceSpelled(text.slice(place.start, place.end), substitutions, inJson, () => '');
      return count > 0 && count <= mostOccurrences;
    },
    inject(request, client, credentials) {
      const text = textOf(request);
      const place = stringAt(text, tokens);
      if (place === undefined) return [];
      const substitutions = substitutionsFor(references, client, placeholders);
      const values: string[] = [];
      const replaced = replaceSpelled(text.slice(place.start, place.end), substitutions, inJson, (reference) => {
        const value = valueOf(reference, credentials);
        if (isSecret(reference, credentials)) values.push(value, inJson.write(value));
        return value;
      });
      replaceText(request, text.slice(0, place.start) + replaced.text + text.slice(place.end));
      return values;
    },
  };
}

/** Throws `body_coding` for JSON in another charset: RFC 8259 section 8.1 has none, and readers differ in what they take it for. */
function isJsonRequest(head: RequestHead): boolean {
  const charset = jsonCharsetOf(head);
  if (charset !== 'other') return charset === 'utf-8';
  throw new Refusal('body_coding', { cause: new Reason('a JSON body in another charset than UTF-8') });
}

/** Undefined where the body is no JSON. */
function jsonCharsetOf({ headers }: RequestHead): 'utf-8' | 'other' | undefined {
  const type = mediaTypeOf(headers);
  if (type === undefined || !isJson(type)) return undefined;
  return isUtf8(type) ? 'utf-8' : 'other';
}

/** What is not UTF-8 is no JSON either: its text is then one that is not valid. A byte order mark is left out of it. */
function textOf({ content }: Draft): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content?.plain);
    return text.startsWith(mark) ? text.slice(1) : text;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    return '';
  }
}

const mark = '\ufeff';

/** Puts back the byte order mark that the body had. */
function replaceText(request: Draft, text: string): void {
  const { content } = request;
  const marked = content?.plain.subarray(0, 3).equals(Buffer.from(mark)) === true;
  request.content = content?.with(Buffer.from(marked ? mark + text : text));
}

function isValid(text: string): boolean {
  if (isTooDeep(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    // What is wrong with it is for whoever wants it to be JSON.
    return false;
  }
}
