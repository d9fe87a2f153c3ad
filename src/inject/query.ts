import { z } from 'zod';
import { defineKind } from '../core/kind.js';
import type { Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import { nameOf, nameReader, nameSlot } from './parameter-name.js';
import { mostOccurrences, requireOneFieldEach, substitutionsFor } from './substitution.js';
import { parseTemplateOf, render, secretsOf, type Reference } from './template.js';
import { decodedOnce, queryText } from './url-encoding.js';
import { openUrlSubstitution } from './url-substitution.js';
import { urlValueOf } from './url-value.js';
import { isSecret } from './usable.js';

/** A parameter of the query: `?key=…` of Google Maps, `?access_token=…` of Mapbox. */
export const queryPlace = defineKind({
  kind: 'query',
  summary: 'A parameter of the query, percent-encoded.',
  options: {
    name: z
      .string()
      .regex(/^[\w.~$[\]-]+$/, 'allowed is the name of a parameter: letters, digits and any of _.~$[]-')
      .describe(
        'The parameter, as the service reads it. Mode `set` drops what some server reads as it: any case, `name[]`, behind a `;`.',
      ),
    template: z.string().min(1).describe('Its value: text with `{secret}` or `{secret.field}`.'),
  },
  make: ({ name, template }, context: InjectContext): Injection => {
    const { parts, references } = parseTemplateOf(`the query parameter ${name}`, template);
    const common = {
      place: `query ${name}`,
      mode: context.mode,
      fields: [':path'],
      writes: [`query/${nameSlot(name)}`],
      secrets: secretsOf(references),
    };
    if (context.mode === 'substitute') return { ...common, ...substituting(name, references, context) };
    const isOurs = nameReader(name);
    return {
      ...common,
      // `OPTIONS *` is for the server as a whole: it has no query.
      wants: ({ path }) => path.startsWith('/'),
      inject(head, _, credentials) {
        const value = queryText(render(parts, (reference) => urlValueOf(reference, credentials)));
        const [path, query] = splitPath(head.path);
        const rest = without(query, isOurs);
        const separator = rest === '' || rest.endsWith('&') ? '' : '&';
        head.path = `${path}?${rest}${separator}${queryText(name)}=${value}`;
        return [value];
      },
    };
  },
});

/** Replaces only the placeholder within the values of the parameter of just this name. */
function substituting(
  name: string,
  references: readonly Reference[],
  { placeholders }: InjectContext,
): Pick<Injection, 'wants' | 'inject'> {
  requireOneFieldEach(references);
  const { occurrences, substituted } = openUrlSubstitution();
  return {
    wants(head, client) {
      const substitutions = substitutionsFor(references, client, placeholders);
      let found = 0;
      mapValues(head.path, name, (value) => {
        found += occurrences(value, substitutions);
        return value;
      });
      return found > 0 && found <= mostOccurrences;
    },
    inject(head, client, credentials) {
      const substitutions = substitutionsFor(references, client, placeholders);
      const rendered: string[] = [];
      head.path = mapValues(head.path, name, (value) =>
        substituted(value, substitutions, (reference) => {
          const encoded = queryText(urlValueOf(reference, credentials));
          if (isSecret(reference, credentials)) rendered.push(encoded);
          return encoded;
        }),
      );
      return rendered;
    },
  };
}

function splitPath(path: string): [path: string, query: string] {
  const mark = path.indexOf('?');
  return mark === -1 ? [path, ''] : [path.slice(0, mark), path.slice(mark + 1)];
}

/**
 * The query without the parameters of such a name, each with the separator before it; all else byte for byte. Some servers take `;`
 * for a separator, so what reads as the parameter between two of those goes too; where they belong to a value (Mapbox) they stay.
 */
function without(query: string, isOurs: (name: string) => boolean): string {
  const pieces = query.split(/([&;])/);
  let kept: string | undefined;
  for (let i = 0; i < pieces.length; i += 2) {
    const piece = pieces[i] as string;
    if (isOurs(nameOf(piece))) continue;
    kept = kept === undefined ? piece : kept + (pieces[i - 1] as string) + piece;
  }
  return kept ?? '';
}

function mapValues(target: string, name: string, rewrite: (value: string) => string): string {
  const [path, query] = splitPath(target);
  if (query === '') return target;
  const pieces = query.split('&').map((piece) => {
    const value = piece.indexOf('=') + 1;
    if (value === 0 || decodedOnce(piece.slice(0, value - 1).replaceAll('+', ' ')) !== name) return piece;
    return piece.slice(0, value) + rewrite(piece.slice(value));
  });
  return `${path}?${pieces.join('&')}`;
}
