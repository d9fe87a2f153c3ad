import { dirname, join } from 'node:path';
import { z } from 'zod';
import { choice, section } from './section.js';
import { filePath, nameText } from './text.js';

/** The `store` section: the built-in encrypted store. */
export function storeSection(folder: string) {
  const path = filePath(folder);
  const identity = z
    .discriminatedUnion(
      'from',
      [
        section({
          from: z
            .literal('file')
            .describe('A file as `age-keygen` writes it, made with mode 0600 by the first `secret set`.'),
          path: path
            .optional()
            .describe(
              'That file, readable by its owner alone; left out, `secrets-identity.txt` in the folder of the store. Whoever has both can read every secret: keep them apart, also in backups.',
            ),
        }),
        section({
          from: z
            .literal('keyring')
            .describe("The desktop's keyring: by `secret-tool` (libsecret), on macOS by `security`."),
          name: nameText.prefault('default').describe('Its name there.'),
        }),
        section({
          from: z.literal('passphrase').describe('A passphrase (scrypt), of at least 12 characters.'),
          file: path
            .optional()
            .describe(
              "The file's first line, readable by its owner alone. Left out, `keywright secret` asks at the terminal, and a proxy, which cannot ask, has no secrets from the store.",
            ),
        }),
      ],
      { error: choice('from', ['file', 'keyring', 'passphrase'], [], []) },
    )
    .prefault({ from: 'file' })
    .describe('What opens it.');
  return section({
    file: path.prefault('./secrets.age').describe('The file: encrypted by age, so that `age --decrypt` reads it too.'),
    identity,
  })
    .prefault({})
    .transform(({ file, identity: chosen }) => ({ file, identity: settled(chosen, file) }))
    .describe('The built-in encrypted store: what `keywright secret` fills, and `from: store` reads.');
}

type Settled =
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'keyring'; readonly name: string }
  | { readonly from: 'passphrase'; readonly file: string | undefined };

function settled(
  chosen:
    | { readonly from: 'file'; readonly path?: string | undefined }
    | { readonly from: 'keyring'; readonly name: string }
    | { readonly from: 'passphrase'; readonly file?: string | undefined },
  file: string,
): Settled {
  switch (chosen.from) {
    case 'file':
      return { from: 'file', path: chosen.path ?? identityBeside(file) };
    case 'keyring':
      return chosen;
    case 'passphrase':
      return { from: 'passphrase', file: chosen.file };
  }
}

/** Where the identity of a store is unless something else was said. */
export function identityBeside(file: string): string {
  return join(dirname(file), 'secrets-identity.txt');
}
