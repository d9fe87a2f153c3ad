import { UsageError } from '../core/usage-error.js';
import type { Credential } from '../secrets/index.js';
import { reveal } from '../secrets/seal.js';

/** A reference to a field of a secret: `{jira.token}`; `{github}` is the field `value`. */
export interface Reference {
  readonly secret: string;
  readonly field: string;
}

/** Text and references in turn, as `Bearer {github}` reads. */
export type Template = readonly (string | Reference)[];

const token = /\{\{|\}\}|\{([A-Za-z0-9][A-Za-z0-9_-]*)(?:\.([A-Za-z0-9_-]+))?\}|[{}]/g;

/** Reads a template; `{{` and `}}` stand for the braces themselves. Throws `UsageError` for any other brace. */
export function parseTemplate(text: string): Template {
  const parts: (string | Reference)[] = [];
  let literal = '';
  let from = 0;
  for (const match of text.matchAll(token)) {
    literal += text.slice(from, match.index);
    from = match.index + match[0].length;
    const [whole, secret, field = 'value'] = match;
    if (secret !== undefined) {
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push({ secret, field });
    } else if (whole === '{{' || whole === '}}') literal += whole.charAt(0);
    else throw new UsageError('a brace in a template is {secret}, {secret.field}, or doubled: {{ or }}.');
  }
  literal += text.slice(from);
  return literal === '' ? parts : [...parts, literal];
}

export function referencesIn(template: Template): readonly Reference[] {
  return template.filter((part) => typeof part !== 'string');
}

/** A template of a place, with what it refers to. Throws `UsageError`, in which `what` names the place, where it names no secret. */
export function parseTemplateOf(
  what: string,
  text: string,
): { readonly parts: Template; readonly references: readonly Reference[] } {
  const parts = parseTemplate(text);
  const references = referencesIn(parts);
  if (references.length === 0) throw new UsageError(`the template of ${what} names no secret.`);
  return { parts, references };
}

/** The text of a template outside its references. */
export function literalsIn(template: Template): readonly string[] {
  return template.filter((part) => typeof part === 'string');
}

/** The secrets that these references need, each once. */
export function secretsOf(references: readonly Reference[]): readonly string[] {
  return [...new Set(references.map(({ secret }) => secret))];
}

/** The text that goes on the wire; `fill` says what stands for a reference. */
export function render(template: Template, fill: (reference: Reference) => string): string {
  return template.map((part) => (typeof part === 'string' ? part : fill(part))).join('');
}

/** The value behind a reference. Throws `secret_unavailable` where the secret has no such field. */
export function valueOf({ secret, field }: Reference, credentials: ReadonlyMap<string, Credential>): string {
  const credential = credentials.get(secret);
  if (credential === undefined) throw new TypeError(`${secret} was not acquired`);
  return reveal(credential.field(field));
}
