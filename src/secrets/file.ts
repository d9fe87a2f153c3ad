import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { shownPath } from '../core/key-shape.js';
import { defineKind } from '../core/kind.js';
import { fileOption } from './connection-options.js';
import type { Fetched, Source } from './index.js';
import { fieldsOf, fileOptions, fileRules } from './file-fields.js';
import { fileFailure, readSmallFile, showsChanges, stampOf } from './read-file.js';
import type { SourceContext } from './source-context.js';
import { valueVersion } from './value-version.js';

/** A file that was read: `stamp` is undefined while it is too young to tell a change by its times. */
interface Known {
  readonly stamp: string | undefined;
  readonly fetched: Fetched;
}

/** A file, looked at for every use and read anew where it changed: a mounted Kubernetes secret changes under its path. */
export const fileSource = defineKind({
  kind: 'file',
  summary: 'A file that Keywright can read. Only its owner may write to it.',
  options: {
    path: fileOption.describe('The file; a relative path begins at the folder of the configuration.'),
    ...fileOptions,
  },
  rules: fileRules,
  make: ({ path, format, key }, { name, folder, clock }: SourceContext): Source => {
    const file = resolve(folder, path);
    let known: Known | undefined;
    return {
      async fetch() {
        try {
          const asked = clock.now();
          if (known?.stamp === undefined || known.stamp !== stampOf(await stat(file, { bigint: true }))) {
            const { text, stats } = await readSmallFile(name, file);
            const read = fieldsOf(text, { format, key }, { name, file });
            const fetched = { ...read, version: valueVersion(text) };
            known = { stamp: showsChanges(stats, asked) ? stampOf(stats) : undefined, fetched };
          }
          return known.fetched;
        } catch (error) {
          throw fileFailure(name, `the file ${shownPath(path, file)}`, error);
        }
      },
    };
  },
});
