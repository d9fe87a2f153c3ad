import { z } from 'zod';
import { defineKind } from '../core/kind.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { canonicalPath } from '../policy/path.js';
import { withoutQuery } from '../policy/rule.js';
import type { Credential } from '../secrets/index.js';
import { concealed, type Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import { fits, hasForm, parsePathForm, type PathForm, type SecretSegment } from './path-form.js';
import { slot } from '../core/slot.js';
import { mostOccurrences, requireOneFieldEach, substitutionsFor } from './substitution.js';
import { referencesIn, render, secretsOf, type Reference } from './template.js';
import { segmentText } from './url-encoding.js';
import { openUrlSubstitution } from './url-substitution.js';
import { urlValueOf } from './url-value.js';
import { isSecret, unusable } from './usable.js';

/** The beginning of the path: `/bot{telegram}` of Telegram's Bot API (https://core.telegram.org/bots/api#making-requests). */
export const pathPlace = defineKind({
  kind: 'path',
  summary: 'Segments at the beginning of the path.',
  options: {
    template: z
      .string()
      .min(1)
      .describe(
        'How such paths begin, to the end of a segment: text with `{secret}` or `{secret.field}` within segments, as `/bot{telegram}`. In mode `set` anything may stand there, or nothing; a request for another path goes without. The audit log has `[a credential]` there.',
      ),
  },
  make: ({ template }, context: InjectContext): Injection => {
    const form = parsePathForm(template);
    const references = form.flatMap((part) => (typeof part === 'string' ? [] : referencesIn(part.template)));
    const common = {
      place: `path ${template}`,
      mode: context.mode,
      fields: [':path'],
      writes: [slot('path', ...form.map(shapeOf))],
      secrets: secretsOf(references),
      conceal: (path: string) => conceal(form, path),
    };
    // A server to which case says nothing takes a credential of the caller's own in `/BOT…` too.
    const anyCase = inLowerCase(form);
    if (context.mode === 'substitute') return { ...common, ...substituting(form, references, context) };
    return {
      ...common,
      wants({ path }) {
        // `OPTIONS *` is for the server as a whole: it has no path.
        if (path === '*') return false;
        const canonical = canonicalPath(withoutQuery(path));
        // What a server reads as the place, with a credential of the caller's own in it, may not pass for another path.
        if (canonical === undefined) throw ambiguous();
        return hasForm(anyCase, canonical.toLowerCase());
      },
      inject(head, _, credentials) {
        const rendered: string[] = [];
        head.path = mapSegments(form, head.path, (__, { template: parts }) =>
          render(parts, (reference) => segmentValueOf(reference, credentials, rendered)),
        );
        return rendered;
      },
    };
  },
});

/** Replaces only the placeholder within the segments where a secret goes. */
function substituting(
  form: PathForm,
  references: readonly Reference[],
  { placeholders }: InjectContext,
): Pick<Injection, 'wants' | 'inject'> {
  requireOneFieldEach(references);
  const { occurrences, substituted } = openUrlSubstitution();
  return {
    wants({ path }, client) {
      const canonical = canonicalPath(withoutQuery(path));
      if (canonical === undefined || !hasForm(form, canonical)) return false;
      let found = 0;
      mapSegments(form, path, (segment, { template }) => {
        found += occurrences(segment, substitutionsFor(referencesIn(template), client, placeholders));
        return segment;
      });
      return found > 0 && found <= mostOccurrences;
    },
    inject(head, client, credentials) {
      const rendered: string[] = [];
      head.path = mapSegments(form, head.path, (segment, { template }) =>
        substituted(segment, substitutionsFor(referencesIn(template), client, placeholders), (reference) =>
          segmentValueOf(reference, credentials, rendered),
        ),
      );
      return rendered;
    },
  };
}

function shapeOf(part: PathForm[number]): string {
  return (typeof part === 'string' ? part : `${part.before}{}${part.behind}`).toLowerCase();
}

function ambiguous(): Refusal {
  return new Refusal('bad_path', {
    cause: new Reason('a credential goes into the path, and this one reads two ways'),
    hint: 'A path place cannot tell whether its credential goes into this path.',
  });
}

/**
 * The path with other segments where the form has a secret; all else byte for byte. Throws `secret_unavailable` where the path would then
 * read in another way: what a rule has matched keeps its segments.
 */
function mapSegments(
  form: PathForm,
  target: string,
  rewrite: (segment: string, part: SecretSegment) => string,
): string {
  const path = withoutQuery(target);
  const segments = path.slice(1).split('/');
  for (const [at, part] of form.entries()) {
    const segment = segments[at];
    if (typeof part === 'string' || segment === undefined) continue;
    const other = rewrite(segment, part);
    if (other !== segment && !isOneSegment(other)) {
      throw unusable(referencesIn(part.template)[0] as Reference, 'cannot stand in one segment of a path');
    }
    segments[at] = other;
  }
  return `/${segments.join('/')}${target.slice(path.length)}`;
}

/** No slash, no dot segment, nothing that reads as either at another server. */
function isOneSegment(text: string): boolean {
  return text !== '' && !text.includes('/') && canonicalPath(`/${text}`) !== undefined;
}

function segmentValueOf(
  reference: Reference,
  credentials: ReadonlyMap<string, Credential>,
  rendered: string[],
): string {
  const encoded = segmentText(urlValueOf(reference, credentials));
  if (isSecret(reference, credentials)) rendered.push(encoded);
  return encoded;
}

/**
 * The path without its query and without what stands where a secret goes, be it ours or the caller's own. It takes more for such a path
 * than is injected into: what has only the beginning of the form too. A path that reads two ways is not shown at all.
 */
function conceal(form: PathForm, target: string): string {
  const path = withoutQuery(target);
  // `*`, or what another place of the same host has hidden altogether.
  if (!path.startsWith('/')) return path;
  const canonical = canonicalPath(path.replaceAll(concealed, 'x'));
  if (canonical === undefined) return concealed;
  const readable = canonical.toLowerCase().slice(1).split('/');
  const segments = path.slice(1).split('/');
  for (const [at, part] of inLowerCase(form).entries()) {
    const segment = readable[at];
    if (segment === undefined || !fits(part, segment)) break;
    if (typeof part !== 'string') segments[at] = `${part.before}${concealed}${part.behind}`;
  }
  return `/${segments.join('/')}`;
}

function inLowerCase(form: PathForm): PathForm {
  return form.map((part) =>
    typeof part === 'string'
      ? part.toLowerCase()
      : { ...part, before: part.before.toLowerCase(), behind: part.behind.toLowerCase() },
  );
}
