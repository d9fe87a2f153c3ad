import { z } from 'zod';
import type { RequestHead } from '../core/message.js';
import { defineKind } from '../core/kind.js';
import { UsageError } from '../core/usage-error.js';
import { fieldSlot, refuseReserved, sameField } from './field-name.js';
import type { Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import { headerName } from './signer-options.js';
import { mostOccurrences, occurrencesIn, requireOneFieldEach, substituted, substitutionsFor } from './substitution.js';
import { literalsIn, parseTemplateOf, render, secretsOf, type Reference } from './template.js';
import { headerValueOf, isSecret } from './usable.js';

/** A header field: `Authorization: Bearer …`, `X-Api-Key: …`. */
export const headerPlace = defineKind({
  kind: 'header',
  summary: 'A header field.',
  options: {
    name: headerName.describe('The field, in any case.'),
    template: z.string().min(1).describe('Its value: text with `{secret}` or `{secret.field}`.'),
  },
  make: ({ name, template }, context: InjectContext): Injection => {
    const field = name.toLowerCase();
    refuseReserved(field);
    const { parts, references } = parseTemplateOf(`the header ${field}`, template);
    if (template.trim() !== template || literalsIn(parts).some((literal) => /[^\x20-\x7e]/.test(literal))) {
      throw new UsageError(`the template of the header ${field} is visible ASCII without a space at an end.`);
    }
    const common = {
      place: `header ${field}`,
      mode: context.mode,
      fields: [field],
      writes: [fieldSlot(field)],
      secrets: secretsOf(references),
    };
    if (context.mode === 'substitute') return { ...common, ...substituting(field, references, context) };
    return {
      ...common,
      wants: () => true,
      inject(head, _, credentials) {
        const value = render(parts, (reference) => headerValueOf(reference, credentials));
        // What CGI and WSGI would read as the same, too.
        head.headers.removeWhere((other) => sameField(other, field));
        head.headers.add(field, value);
        return [value];
      },
    };
  },
});

/** Replaces only the placeholder within what the client sent, so that its own scheme and surroundings stay. */
function substituting(
  field: string,
  references: readonly Reference[],
  { placeholders }: InjectContext,
): Pick<Injection, 'wants' | 'inject'> {
  requireOneFieldEach(references);
  const valuesOf = (head: RequestHead): string => head.headers.all(field).join('\n');
  return {
    wants(head, client) {
      const occurrences = occurrencesIn(valuesOf(head), substitutionsFor(references, client, placeholders));
      return occurrences > 0 && occurrences <= mostOccurrences;
    },
    inject(head, client, credentials) {
      const substitutions = substitutionsFor(references, client, placeholders);
      const rendered: string[] = [];
      head.headers.mapValues((value, name) => {
        if (name !== field) return value;
        const filled: Reference[] = [];
        const replaced = substituted(value, substitutions, (reference) => {
          filled.push(reference);
          return headerValueOf(reference, credentials);
        });
        if (filled.some((reference) => isSecret(reference, credentials))) rendered.push(replaced);
        return replaced;
      });
      return rendered;
    },
  };
}
