import { UsageError } from '../core/usage-error.js';
import { canonicalPath } from '../policy/path.js';
import { literalsIn, parseTemplate, referencesIn, type Template } from './template.js';

/** How a path begins that a credential travels in: segments that are text, and segments with a secret in them. */
export type PathForm = readonly (string | SecretSegment)[];

/** A segment with a secret: what stands before the first and behind the last one is the same in each request. */
export interface SecretSegment {
  readonly template: Template;
  readonly before: string;
  readonly behind: string;
}

/** Reads a template such as `/bot{telegram}`. Throws `UsageError`. */
export function parsePathForm(text: string): PathForm {
  if (!text.startsWith('/')) throw new UsageError('the template of a path place begins with a slash.');
  const segments = text.slice(1).split('/').map(parseSegment);
  if (segments.every((segment) => typeof segment === 'string')) {
    throw new UsageError('the template of a path place names no secret.');
  }
  return segments;
}

function parseSegment(text: string): string | SecretSegment {
  const template = parseTemplate(text);
  const literals = literalsIn(template);
  const isText = referencesIn(template).length === 0;
  // Beside a secret a dot is no dot segment.
  const seen = isText ? literals : literals.map((literal) => `x${literal}x`);
  if (template.length === 0 || !seen.every(isCanonical)) {
    throw new UsageError(
      'the template of a path place is made of segments as they stand in `paths`, none of them empty, without asterisks and query.',
    );
  }
  if (isText) return literals.join('');
  const [first, last] = [template[0], template.at(-1)];
  return {
    template,
    before: typeof first === 'string' ? first : '',
    behind: typeof last === 'string' ? last : '',
  };
}

function isCanonical(literal: string): boolean {
  return !literal.includes('*') && canonicalPath(`/${literal}`) === `/${literal}`;
}

/** Whether a canonical path begins so: with anything, or nothing, where a secret goes. */
export function hasForm(form: PathForm, canonical: string): boolean {
  const segments = canonical.slice(1).split('/');
  return form.every((part, at) => {
    const segment = segments[at];
    return segment !== undefined && fits(part, segment);
  });
}

/** Whether a canonical segment is this text, or has its secret in this place. */
export function fits(part: string | SecretSegment, segment: string): boolean {
  if (typeof part === 'string') return part === segment;
  const { before, behind } = part;
  return segment.length >= before.length + behind.length && segment.startsWith(before) && segment.endsWith(behind);
}
