import { z } from 'zod';
import { defineKind } from '../core/kind.js';
import type { Draft, RequestHead } from '../core/message.js';
import { UsageError } from '../core/usage-error.js';
import type { Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import { holdsAscii, isJson, isUrlencoded, isUtf8, isXml, mediaTypeOf, type MediaType } from './media-type.js';
import { inForm, inJson, inXml, replaceSpelled, verbatim, type Spelling } from './spelling.js';
import { mostOccurrences, requireOneFieldEach, substitutionsFor } from './substitution.js';
import { parseTemplateOf, secretsOf, valueOf } from './template.js';
import { isSecret, unusable } from './usable.js';

/** How values are written in a text body, and what none can hold there. */
interface Writing {
  readonly spelling: Spelling;
  readonly unfit?: RegExp;
}

/** Anywhere in a text body: SOAP, XML-RPC, GraphQL, and JSON in which a credential stands deep within. */
export const textPlace = defineKind({
  kind: 'text',
  summary:
    'Anywhere in a text body: `text/*`, JSON, XML, GraphQL, and forms that are not multipart. Only in mode `substitute`.',
  options: {
    template: z.string().min(1).describe('Which secrets may stand there: text with `{secret}` or `{secret.field}`.'),
  },
  make: ({ template }, { mode, placeholders }: InjectContext): Injection => {
    if (mode !== 'substitute')
      throw new UsageError('a text place needs mode: substitute, as only the client knows where a credential stands.');
    const { references } = parseTemplateOf('a text place', template);
    requireOneFieldEach(references);
    return {
      place: 'text',
      fields: [],
      mode,
      secrets: secretsOf(references),
      holds: (head, client) =>
        substitutionsFor(references, client, placeholders).length > 0 && writingOf(head) !== undefined,
      wants(request, client) {
        const writing = request.content?.isReadable === true ? writingOf(request) : undefined;
        if (writing === undefined) return false;
        const substitutions = substitutionsFor(references, client, placeholders);
        const { count } = replaceSpelled(textOf(request), substitutions, writing.spelling, () => '');
        return count > 0 && count <= mostOccurrences;
      },
      inject(request, client, credentials) {
        const { spelling, unfit } = writingOf(request) ?? {};
        if (spelling === undefined) return [];
        const rendered: string[] = [];
        const before = textOf(request);
        const substitutions = substitutionsFor(references, client, placeholders);
        const { text } = replaceSpelled(before, substitutions, latin1(spelling), (reference) => {
          const value = valueOf(reference, credentials);
          if (unfit?.test(value) === true || (spelling === inXml && unfitForXml(value, before)))
            throw unusable(reference, 'holds characters that cannot stand in a body of this type');
          if (isSecret(reference, credentials)) rendered.push(value, spelling.write(value));
          return value;
        });
        request.content = request.content?.with(Buffer.from(text, 'latin1'));
        return rendered;
      },
    };
  },
});

/** Undefined where the body is no text, or in a charset in which ASCII is something else. */
function writingOf({ headers }: RequestHead): Writing | undefined {
  const type = mediaTypeOf(headers);
  return type === undefined || !holdsAscii(type) ? undefined : writingIn(type);
}

function writingIn(type: MediaType): Writing | undefined {
  // Where the charset is another one, or not said, bytes beyond ASCII may be read as something else.
  const ascii = isUtf8(type) && !type.essence.startsWith('text/') ? undefined : /[^\0-\x7f]/;
  const unfit = ascii === undefined ? {} : { unfit: ascii };
  if (isJson(type)) return { spelling: inJson, ...unfit };
  if (isUrlencoded(type)) return { spelling: inForm };
  if (isXml(type)) return { spelling: inXml, ...unfit };
  // In the midst of a string, as in a query of GraphQL, these would end it.
  if (type.essence === 'application/graphql') return { spelling: verbatim, unfit: /["\\\0-\x1f\x7f]/ };
  return type.essence.startsWith('text/') ? { spelling: verbatim, unfit: /[^\x20-\x7e]/ } : undefined;
}

/** In a CDATA section a reference to a character is not read as one. XML 1.0 has no control characters, in whatever spelling. */
function unfitForXml(value: string, text: string): boolean {
  return /[\0-\x1f\x7f]/.test(value) || (/[&<>"']/.test(value) && text.includes('<![CDATA['));
}

/** Bytes as characters: what is not replaced stays what it is. */
function textOf({ content }: Draft): string {
  return content?.plain.toString('latin1') ?? '';
}

function latin1(spelling: Spelling): Spelling {
  return { ...spelling, write: (text) => Buffer.from(spelling.write(text)).toString('latin1') };
}
