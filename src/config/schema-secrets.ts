import { z } from 'zod';
import { keyedPlaceholders } from '../inject/placeholder.js';
import { laterSources, sourceKinds } from '../secrets/registry.js';
import { hostPatternText } from './schema-hosts.js';
import { oneOf } from './section.js';
import { nameText, text } from './text.js';

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
    placeholder: text({ title: 'placeholder shape', allowed: 'a shape such as ghp_<36 alnum> or <uuid>' }, (shape) => {
      keyedPlaceholders(Buffer.alloc(32), [], new Map([['', shape]]));
      return shape;
    })
      .optional()
      .describe(
        'The shape of its placeholders, where a program checks what its credential looks like: text with segments such as `<36 alnum>` (hex, digits, lower, upper, alnum, base64url), or `<uuid>`.',
      ),
  };
  return z
    .record(
      nameText,
      oneOf({ by: 'from', kinds: sourceKinds, common, later: laterSources, folder, laterKeys: ['fields', 'sign'] }),
    )
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
                common: { hosts, unsafe_shared_suffix, placeholder },
              },
            ]) => [name, { kind, options, hosts, unsafeSharedSuffix: unsafe_shared_suffix, placeholder }],
          ),
        ),
    )
    .describe('The secrets: for each name where its value is read from, and the hosts it may go to.');
}
