import { isAbsolute, join } from 'node:path';
import { shownName } from '../core/key-shape.js';
import { defineKind } from '../core/kind.js';
import type { Source } from './index.js';
import { nameOption } from './allowed.js';
import { fieldsOf, fileOptions, fileRules } from './file-fields.js';
import { fileFailure, readSmallFile } from './read-file.js';
import type { SourceContext } from './source-context.js';
import { unavailable } from './unavailable.js';
import { valueVersion } from './value-version.js';

const variable = 'CREDENTIALS_DIRECTORY';

/** A credential of the unit that Keywright runs as (systemd.exec(5), section "Credentials"). */
export const systemdSource = defineKind({
  kind: 'systemd',
  summary: 'A credential of the systemd unit: `LoadCredential=`, `LoadCredentialEncrypted=`, `SetCredential=`.',
  options: {
    // As systemd has it: a file name, at most 255 bytes.
    credential: nameOption(
      /^(?!\.{1,2}$)[^/\0]{1,255}$/,
      'the name of a credential as the unit has it, without "/"',
    ).describe('Its name in the unit.'),
    ...fileOptions,
  },
  rules: fileRules,
  make: ({ credential, format, key }, { name, environment }: SourceContext): Source => ({
    async fetch() {
      const folder = environment[variable];
      if (folder === undefined || !isAbsolute(folder)) {
        throw unavailable(name, `${variable} is not set: systemd sets it for a unit that has credentials`, 'missing');
      }
      try {
        const file = join(folder, credential);
        const { text } = await readSmallFile(name, file);
        const read = fieldsOf(text, { format, key }, { name, file });
        // They are put there when the unit begins and stay as they are.
        return { ...read, version: valueVersion(text), expiresAt: Number.POSITIVE_INFINITY };
      } catch (error) {
        throw fileFailure(name, `the credential ${shownName(credential)} in ${folder}`, error);
      }
    },
  }),
});
