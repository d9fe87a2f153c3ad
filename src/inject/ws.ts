import { z } from 'zod';
import { defineKind } from '../core/kind.js';
import { UsageError } from '../core/usage-error.js';
import type { Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import { parsePointer, stringAt } from './json-string.js';
import { requireOneFieldEach, substitutionsFor } from './substitution.js';
import { parseTemplateOf, secretsOf, valueOf } from './template.js';
import { isSecret } from './usable.js';

/**
 * A string in the JSON messages that a caller sends on a WebSocket: the Discord gateway's `/d/token`
 * (https://docs.discord.com/developers/events/gateway#identifying).
 */
export const wsPlace = defineKind({
  kind: 'ws',
  summary: 'A string in the JSON text messages of the client on a WebSocket. Only in mode `substitute`.',
  options: {
    pointer: z.string().describe('Where it stands: a JSON Pointer (RFC 6901) such as `/d/token`.'),
    template: z.string().min(1).describe('Which secrets may stand there: text with `{secret}` or `{secret.field}`.'),
  },
  make: ({ pointer, template }, { mode, placeholders }: InjectContext): Injection => {
    if (mode !== 'substitute')
      throw new UsageError(
        'a ws place needs mode: substitute, as only the client knows which message holds a credential.',
      );
    const tokens = parsePointer(pointer);
    if (tokens === undefined)
      throw new UsageError('the pointer of a ws place is a JSON Pointer such as /d/token, with ~1 for / and ~0 for ~.');
    const { references } = parseTemplateOf('a ws place', template);
    requireOneFieldEach(references);
    return {
      place: `ws ${pointer}`,
      fields: [],
      mode,
      secrets: secretsOf(references),
      wants: (_, client) => substitutionsFor(references, client, placeholders).length > 0,
      inject(_, __, credentials) {
        const values = references.map((reference) => ({ reference, value: valueOf(reference, credentials) }));
        return values.filter(({ reference }) => isSecret(reference, credentials)).map(({ value }) => value);
      },
      message(text, client, credentials) {
        for (const { placeholder, reference } of substitutionsFor(references, client, placeholders)) {
          const place = placeOf(text, tokens, placeholder);
          if (place === undefined) continue;
          const value = escaped(valueOf(reference, credentials));
          return text.slice(0, place.start) + value + text.slice(place.end);
        }
        return text;
      },
    };
  },
});

/** Where the placeholder stands, if that is within the string at the pointer and nowhere else in the text. */
function placeOf(
  text: string,
  tokens: readonly string[],
  placeholder: string,
): { start: number; end: number } | undefined {
  const spelled = escaped(placeholder);
  const start = text.indexOf(spelled);
  if (start === -1 || text.includes(spelled, start + 1) || !isJson(text)) return undefined;
  const place = stringAt(text, tokens);
  const end = start + spelled.length;
  if (place === undefined || start < place.start || end > place.end) return undefined;
  // `\npm_…` holds the letters of `npm_…`, but not the text.
  const value = JSON.parse(text.slice(place.start - 1, place.end + 1)) as string;
  return value.includes(placeholder) ? { start, end } : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // What is wrong with it is the destination's concern.
    return false;
  }
}

/** As it stands between the quotes of a JSON string. */
function escaped(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
