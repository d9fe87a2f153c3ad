import { z } from 'zod';
import { defineKind } from '../core/kind.js';
import type { Draft, RequestHead } from '../core/message.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { UsageError } from '../core/usage-error.js';
import { boundaryOf } from './boundary.js';
import { partField, withPart } from './form-parts.js';
import type { Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import { holdsAscii, isUrlencoded, mediaTypeOf } from './media-type.js';
import { inForm, replaceSpelled, verbatim } from './spelling.js';
import { nameSlot } from './parameter-name.js';
import { mostOccurrences, requireOneFieldEach, substitutionsFor, type Substitution } from './substitution.js';
import { literalsIn, parseTemplateOf, render, secretsOf, valueOf, type Reference, type Template } from './template.js';
import { isSecret, unusable } from './usable.js';
import { mapField, withField } from './urlencoded.js';
import type { Credential } from '../secrets/index.js';

type Firing = Pick<Injection, 'holds' | 'wants' | 'inject'>;
type Fill = (reference: Reference) => string;

/** A form as it is written: text in Latin-1, each byte one character. */
interface Form {
  readonly boundary: string | undefined;
  readonly text: string;
}

/** A field of a form: Slack's `token`. All else in the form stays byte for byte. */
export const formPlace = defineKind({
  kind: 'form',
  summary: 'A field of a form (`application/x-www-form-urlencoded` and `multipart/form-data`).',
  options: {
    field: z
      .string()
      .regex(/^[^\0-\x1f\x7f"\\%]+$/, 'allowed is the name of a field, without quotes, backslashes and percent signs')
      .describe('The name of the field.'),
    template: z.string().min(1).describe('Its value: text with `{secret}` or `{secret.field}`.'),
  },
  make: ({ field, template }, context: InjectContext): Injection => {
    const { parts, references } = parseTemplateOf(`the form field ${field}`, template);
    if (template.startsWith('-') || literalsIn(parts).some((literal) => /[\0-\x1f\x7f]/.test(literal)))
      throw new UsageError(
        `the template of the form field ${field} is free of control characters, and begins with no hyphen.`,
      );
    const common = {
      place: `form ${field}`,
      mode: context.mode,
      fields: [],
      writes: [`form/${nameSlot(field)}`],
      secrets: secretsOf(references),
    };
    return {
      ...common,
      ...(context.mode === 'set' ? setting(field, parts) : substituting(field, references, context)),
    };
  },
});

/** In every form; one where the field has no one place is refused, since it would go out without its credential. */
function setting(field: string, parts: Template): Firing {
  const placed = ({ boundary, text }: Form, value: string): string => {
    const form = boundary === undefined ? withField(text, field, value) : withPart(text, boundary, field, value);
    if (form !== undefined) return form;
    throw new Refusal('body_malformed', { cause: new Reason(`the form has no one place for the field ${field}`) });
  };
  return {
    holds: (head) => formTypeOf(head) !== undefined,
    wants(request) {
      const form = formOf(request);
      if (form === undefined) return false;
      placed(form, '');
      return true;
    },
    inject(request, _, credentials) {
      const form = formOf(request);
      if (form === undefined) return [];
      const value = render(parts, valueIn(form, credentials));
      replaceText(request, placed(form, value));
      return [value, inForm.write(value)];
    },
  };
}

/** Replaces only the placeholder within the field as the client sent it. */
function substituting(field: string, references: readonly Reference[], { placeholders }: InjectContext): Firing {
  requireOneFieldEach(references);
  const replaced = (
    form: Form,
    substitutions: readonly Substitution[],
    fill: Fill,
  ): { text: string; count: number } => {
    let count = 0;
    const spelling = form.boundary === undefined ? inForm : verbatim;
    const rewrite = (value: string): string => {
      const { text, count: more } = replaceSpelled(value, substitutions, spelling, fill);
      count += more;
      return text;
    };
    const { boundary, text } = form;
    const mapped = boundary === undefined ? mapField(text, field, rewrite) : partField(text, boundary, field, rewrite);
    return { text: mapped, count };
  };
  return {
    holds(head, client) {
      if (substitutionsFor(references, client, placeholders).length === 0) return false;
      const type = plainFormTypeOf(head);
      if (type === 'coded') return false;
      // Files are sent in these, of any size and often of an unknown one: those stream by.
      return type === 'urlencoded' || (type !== undefined && head.headers.has('content-length'));
    },
    wants(request, client) {
      const form = request.content?.isReadable === true ? plainFormOf(request) : undefined;
      if (form === undefined) return false;
      const { count } = replaced(form, substitutionsFor(references, client, placeholders), () => '');
      return count > 0 && count <= mostOccurrences;
    },
    inject(request, client, credentials) {
      const form = plainFormOf(request);
      if (form === undefined) return [];
      const values: string[] = [];
      const { text } = replaced(form, substitutionsFor(references, client, placeholders), (reference) => {
        const value = valueIn(form, credentials)(reference);
        if (isSecret(reference, credentials)) values.push(value, inForm.write(value));
        return form.boundary === undefined ? value : latin1(value);
      });
      replaceText(request, text);
      return values;
    },
  };
}

type FormType = 'urlencoded' | { readonly boundary: string };

/** What a form holds; undefined where the body is none. Throws `body_coding` for one in a charset in which ASCII is something else. */
function formTypeOf(head: RequestHead): FormType | undefined {
  const type = plainFormTypeOf(head);
  if (type !== 'coded') return type;
  throw new Refusal('body_coding', { cause: new Reason('a form in a charset that does not hold ASCII') });
}

function plainFormTypeOf({ headers }: RequestHead): FormType | 'coded' | undefined {
  const type = mediaTypeOf(headers);
  if (type?.essence === 'multipart/form-data') return { boundary: boundaryOf(headers) ?? '' };
  if (type === undefined || !isUrlencoded(type)) return undefined;
  return holdsAscii(type) ? 'urlencoded' : 'coded';
}

/** Throws like `formTypeOf`. */
function formOf(request: Draft): Form | undefined {
  return formOfType(request, formTypeOf(request));
}

/** Undefined where `formTypeOf` throws. */
function plainFormOf(request: Draft): Form | undefined {
  const type = plainFormTypeOf(request);
  return type === 'coded' ? undefined : formOfType(request, type);
}

function formOfType({ content }: Draft, type: FormType | undefined): Form | undefined {
  if (type === undefined || content === undefined) return undefined;
  return { boundary: type === 'urlencoded' ? undefined : type.boundary, text: content.plain.toString('latin1') };
}

function replaceText(request: Draft, text: string): void {
  request.content = request.content?.with(Buffer.from(text, 'latin1'));
}

/**
 * In multipart a line end, or two hyphens at the beginning, could end the part that the value stands in. Whether the caller's own
 * boundary stands in it is never asked: the answer would tell the value, one boundary after the other.
 */
function valueIn({ boundary }: Form, credentials: ReadonlyMap<string, Credential>): Fill {
  return (reference) => {
    const value = valueOf(reference, credentials);
    if (boundary === undefined || !/^--|[\0\r\n]/.test(value)) return value;
    throw unusable(reference, 'holds a line end, or begins with two hyphens, which a part of a form cannot');
  };
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
