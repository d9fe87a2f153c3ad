import { z } from 'zod';
import type { HeaderList } from '../core/header-list.js';
import { defineKind } from '../core/kind.js';
import { UsageError } from '../core/usage-error.js';
import type { Credential } from '../secrets/index.js';
import { fieldSlot } from './field-name.js';
import type { Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import { nameOf, nameReader, nameSlot } from './parameter-name.js';
import { mostOccurrences, occurrencesIn, requireOneFieldEach, substituted, substitutionsFor } from './substitution.js';
import { literalsIn, parseTemplateOf, render, secretsOf, valueOf, type Reference } from './template.js';
import { isSecret, unusable } from './usable.js';

const field = 'cookie';
/** RFC 6265 section 4.1.1, cookie-octet: no space, quote, comma, semicolon or backslash, which servers read in different ways. */
const octets = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/** A cookie: Slack's `d`. */
export const cookiePlace = defineKind({
  kind: 'cookie',
  summary: 'A cookie.',
  options: {
    name: z
      .string()
      .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'allowed is the name of a cookie')
      .describe(
        'The cookie. Mode `set` drops what some server reads as it: any case, percent-encoded, behind a comma.',
      ),
    template: z.string().min(1).describe('Its value: text with `{secret}` or `{secret.field}`.'),
  },
  make: ({ name, template }, context: InjectContext): Injection => {
    const { parts, references } = parseTemplateOf(`the cookie ${name}`, template);
    if (!literalsIn(parts).every((literal) => octets.test(literal))) {
      throw new UsageError(
        `the template of the cookie ${name} is free of spaces, quotes, commas, semicolons and backslashes.`,
      );
    }
    const common = {
      place: `cookie ${name}`,
      mode: context.mode,
      fields: [field],
      // Within the header: a header place for it would write over all cookies.
      writes: [`${fieldSlot(field)}/${nameSlot(name)}`],
      secrets: secretsOf(references),
    };
    if (context.mode === 'substitute') return { ...common, ...substituting(name, references, context) };
    const isOurs = nameReader(name);
    return {
      ...common,
      wants: () => true,
      inject({ headers }, _, credentials) {
        const value = render(parts, (reference) => cookieValueOf(reference, credentials));
        const lists = headers
          .all(field)
          .map((cookies) => without(cookies, isOurs))
          .filter((cookies) => cookies.trim() !== '');
        addCookie(headers, lists, `${name}=${value}`);
        return [value];
      },
    };
  },
});

/** Behind the last of the caller's own: there should be one field, as some servers read no second one. */
function addCookie(headers: HeaderList, lists: readonly string[], cookie: string): void {
  headers.remove(field);
  for (const list of lists.slice(0, -1)) headers.add(field, list);
  const last = lists.at(-1);
  headers.add(field, last === undefined ? cookie : `${last}; ${cookie}`);
}

/** Replaces only the placeholder within the values of the cookie of just this name. */
function substituting(
  name: string,
  references: readonly Reference[],
  { placeholders }: InjectContext,
): Pick<Injection, 'wants' | 'inject'> {
  requireOneFieldEach(references);
  return {
    wants({ headers }, client) {
      const substitutions = substitutionsFor(references, client, placeholders);
      const values: string[] = [];
      for (const cookies of headers.all(field)) {
        mapValues(cookies, name, (value) => {
          values.push(value);
          return value;
        });
      }
      const occurrences = occurrencesIn(values.join('\n'), substitutions);
      return occurrences > 0 && occurrences <= mostOccurrences;
    },
    inject({ headers }, client, credentials) {
      const substitutions = substitutionsFor(references, client, placeholders);
      const rendered: string[] = [];
      headers.mapValues((cookies, header) => {
        if (header !== field) return cookies;
        return mapValues(cookies, name, (value) => {
          const filled: Reference[] = [];
          const replaced = substituted(value, substitutions, (reference) => {
            filled.push(reference);
            return cookieValueOf(reference, credentials);
          });
          if (filled.some((reference) => isSecret(reference, credentials))) rendered.push(replaced.trim());
          return replaced;
        });
      });
      return rendered;
    },
  };
}

/**
 * The cookies without those of such a name, each with the separator before it; all else byte for byte. Quotes hide nothing, and a comma
 * separates too: RFC 6265 has neither, but servers by the RFCs before it do.
 */
function without(cookies: string, isOurs: (name: string) => boolean): string {
  const pieces = cookies.split(/([;,])/);
  let kept: string | undefined;
  for (let i = 0; i < pieces.length; i += 2) {
    const piece = pieces[i] as string;
    if (isOurs(nameOf(piece))) continue;
    kept = kept === undefined ? piece : kept + (pieces[i - 1] as string) + piece;
  }
  return kept?.trim() ?? '';
}

function mapValues(cookies: string, name: string, rewrite: (value: string) => string): string {
  return cookies
    .split(';')
    .map((piece) => {
      const value = piece.indexOf('=') + 1;
      return value !== 0 && piece.slice(0, value - 1).trim() === name
        ? piece.slice(0, value) + rewrite(piece.slice(value))
        : piece;
    })
    .join(';');
}

function cookieValueOf(reference: Reference, credentials: ReadonlyMap<string, Credential>): string {
  const value = valueOf(reference, credentials);
  if (value !== '' && octets.test(value)) return value;
  throw unusable(reference, 'is empty, or holds characters that cannot stand in a cookie');
}
