import { z } from 'zod';
import { defineKind } from '../core/kind.js';
import { UsageError } from '../core/usage-error.js';
import type { Credential } from '../secrets/index.js';
import { fieldSlot } from './field-name.js';
import type { Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import {
  mostOccurrences,
  occurrencesIn,
  requireOneFieldEach,
  substituted,
  substitutionsFor,
  type Substitution,
} from './substitution.js';
import { literalsIn, parseTemplate, referencesIn, render, secretsOf, type Reference } from './template.js';
import { headerValueOf, isSecret, unusable } from './usable.js';
import { parseUserinfo } from '../core/userinfo.js';

const field = 'authorization';

/** User name and password in base64 (RFC 7617). */
export const basicPlace = defineKind({
  kind: 'basic',
  summary: 'User name and password in `Authorization: Basic …`.',
  options: {
    username: z.string().describe('The user name: text with `{secret}` or `{secret.field}`.'),
    password: z.string().describe('The password: text with `{secret}` or `{secret.field}`.'),
  },
  make: ({ username, password }, context: InjectContext): Injection => {
    const [user, pass] = [parseTemplate(username), parseTemplate(password)];
    const inUser = referencesIn(user);
    const inPass = referencesIn(pass);
    const secrets = secretsOf([...inUser, ...inPass]);
    if (secrets.length === 0) throw new UsageError('neither user name nor password of a basic place names a secret.');
    // RFC 7617 section 2: no control characters, and the first colon ends the user name.
    if ([...literalsIn(user), ...literalsIn(pass)].some((literal) => /[\x00-\x1f\x7f]/.test(literal))) {
      throw new UsageError('user name and password of a basic place are free of control characters.');
    }
    if (literalsIn(user).some((literal) => literal.includes(':'))) {
      throw new UsageError('the user name of a basic place is free of colons.');
    }
    const common = { place: 'basic', mode: context.mode, fields: [field], writes: [fieldSlot(field)], secrets };
    if (context.mode === 'substitute') return { ...common, ...substituting(inUser, inPass, context) };
    return {
      ...common,
      wants: () => true,
      inject(head, _, credentials) {
        const name = render(user, (reference) => userValueOf(reference, credentials));
        const word = render(pass, (reference) => headerValueOf(reference, credentials));
        const encoded = Buffer.from(`${name}:${word}`, 'utf8').toString('base64');
        head.headers.set(field, `Basic ${encoded}`);
        return [encoded];
      },
    };
  },
});

/**
 * Opens the client's base64, replaces the placeholder in user name, password or both, and closes it again. Where a secret has
 * a field for each, the part where the placeholder stands says which one is meant.
 */
function substituting(
  inUser: readonly Reference[],
  inPass: readonly Reference[],
  { placeholders }: InjectContext,
): Pick<Injection, 'wants' | 'inject'> {
  requireOneFieldEach(inUser);
  requireOneFieldEach(inPass);
  const forUser = merged(inUser, inPass);
  const forPass = merged(inPass, inUser);
  return {
    wants(head, client) {
      const substitutions = substitutionsFor(forUser, client, placeholders);
      const values = head.headers.all(field).map(parseUserinfo);
      const occurrences = occurrencesIn(values.map((parsed) => parsed?.userinfo ?? '').join('\n'), substitutions);
      return occurrences > 0 && occurrences <= mostOccurrences;
    },
    inject(head, client, credentials) {
      const user = substitutionsFor(forUser, client, placeholders);
      const pass = substitutionsFor(forPass, client, placeholders);
      const rendered: string[] = [];
      head.headers.mapValues((value, name) => {
        const now = name === field ? replaced(value, user, pass, credentials) : undefined;
        if (now === undefined) return value;
        if (now.holdsSecret) rendered.push(now.encoded);
        return `Basic ${now.encoded}`;
      });
      return rendered;
    },
  };
}

/** The first references, and those of the others whose secret is not among them. */
function merged(first: readonly Reference[], others: readonly Reference[]): readonly Reference[] {
  return [...first, ...others.filter(({ secret }) => !first.some((reference) => reference.secret === secret))];
}

/** The new base64, or undefined where there is nothing to replace. The client's own bytes stay what they are. */
function replaced(
  value: string,
  forUser: readonly Substitution[],
  forPass: readonly Substitution[],
  credentials: ReadonlyMap<string, Credential>,
): { readonly encoded: string; readonly holdsSecret: boolean } | undefined {
  const parsed = parseUserinfo(value);
  if (parsed === undefined) return undefined;
  const filled: Reference[] = [];
  const filling = (valueFor: typeof headerValueOf) => (reference: Reference) => {
    filled.push(reference);
    return valueFor(reference, credentials);
  };
  const user = substituted(parsed.user, forUser, filling(userValueOf));
  const rest = substituted(parsed.rest, forPass, filling(headerValueOf));
  if (user + rest === parsed.userinfo) return undefined;
  const holdsSecret = filled.some((reference) => isSecret(reference, credentials));
  return { encoded: Buffer.from(user + rest, 'latin1').toString('base64'), holdsSecret };
}

/** A colon in it would end the user name there, and make the rest of it a part of the password. */
function userValueOf(reference: Reference, credentials: ReadonlyMap<string, Credential>): string {
  const value = headerValueOf(reference, credentials);
  if (value.includes(':')) throw unusable(reference, 'holds a colon, which a user name cannot');
  return value;
}
