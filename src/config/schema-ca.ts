import { z } from 'zod';
import { choice, section } from './section.js';
import { filePath, text } from './text.js';

/** The `ca` section. */
export function caSection(folder: string) {
  const path = filePath(folder);
  const permit = z
    .array(permitText)
    .min(1)
    .optional()
    .describe(
      'The certificate is name-constrained to these domains and what is under them. Left out, it may sign for any host.',
    );
  return z
    .discriminatedUnion(
      'mode',
      [
        section({
          mode: z.literal('generate').describe('A CA of its own, made once and kept in files of mode 0600.'),
          dir: path.prefault('./certs').describe('The folder it is kept in.'),
          permit,
        }),
        section({ mode: z.literal('memory').describe('A CA of its own for as long as the process lives.'), permit }),
        section({
          mode: z.literal('files').describe('Your own CA, or an intermediate.'),
          cert_file: path.describe('Its certificate in PEM, with those that sign it up to the root, in any order.'),
          key_file: path.describe('Its private key in PEM, readable by its owner alone.'),
          key_passphrase_file: path
            .optional()
            .describe("What the key is encrypted with: the file's first line. Readable by its owner alone."),
        }),
      ],
      { error: choice('mode', ['generate', 'memory', 'files'], [], []) },
    )
    .prefault({ mode: 'generate' })
    .describe('The authority that signs the certificates shown to callers when a connection is intercepted.');
}

const permitText = text(
  { title: 'domain', allowed: 'a domain such as example.com', pattern: /^(?=.{1,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/ },
  (value) => value,
);
