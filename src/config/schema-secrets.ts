import { z } from 'zod';
import { keyedPlaceholders } from '../inject/placeholder.js';
import { laterSources, sourceKinds } from '../secrets/registry.js';
import { hostPatternText } from './schema-hosts.js';
import { oneOf } from './section.js';
import { nameText, text } from './text.js';

/** Of a secret that is one value all of it would be plain. */
const plainField = text(
  { title: 'field', allowed: 'the name of a field other than "value"', pattern: /^(?!value$)[\w-]{1,64}$/ },
  (field) => field,
);

const family = {
  by: 'from',
  kinds: sourceKinds,
  later: laterSources,
  laterKeys: ['fields', 'sign'],
  instead: new Map(['field', 'key'].map((key) => [key, 'a field is named where it is used, as in {x.token}'])),
};

const placeholderShape = text(
  {
    title: 'placeholder shape',
    allowed:
      'a shape such as ghp_<36 alnum> or <uuid>, of hex, digits, lower, upper, alnum and base64url (not digits and upper alone)',
  },
  (shape) => {
    keyedPlaceholders(Buffer.alloc(32), [], new Map([['', shape]]));
    return shape;
  },
)
  .optional()
  .describe(
    'The shape of its placeholders, where a program checks what its credential looks like: text with segments such as `<36 alnum>` (hex, digits, lower, upper, alnum, base64url), or `<uuid>`. The longest that lower-case hexadecimal fits in grows to 32 characters.',
  );

/** The `secrets` section: which secrets there are, where each lives, and where it may ever go. */
export function secretsSection(folder: string) {
  const common = {
    hosts: z
      .array(hostPatternText)
      .describe(
        'Where this secret may ever go: the first of the two keys. A policy is the second. `[]` for one that goes nowhere and only makes others.',
      ),
    unsafe_shared_suffix: z
      .boolean()
      .prefault(false)
      .describe('A wildcard in `hosts` may cover hosts of different owners (`*.github.io`).'),
    plain_fields: z
      .array(plainField)
      .prefault([])
      .describe(
        'Its fields that are not secret, such as a user name: they may be shorter than 8 bytes, and are not masked in answers. Never the field `value`, and never all that an injection puts on a request.',
      ),
    placeholder: placeholderShape,
  };
  return z
    .record(nameText, oneOf({ ...family, common, folder }))
    .prefault({})
    .transform(
      (secrets) =>
        new Map(
          Object.entries(secrets).map(
            ([
              name,
              {
                kind,
                options,
                common: { hosts, unsafe_shared_suffix, plain_fields, placeholder },
              },
            ]) => [
              name,
              {
                kind,
                options,
                hosts,
                unsafeSharedSuffix: unsafe_shared_suffix,
                plainFields: plain_fields,
                placeholder,
              },
            ],
          ),
        ),
    )
    .describe('The secrets: for each name where its value is read from, and the hosts it may go to.');
}
