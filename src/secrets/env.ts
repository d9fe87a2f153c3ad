import { defineKind } from '../core/kind.js';
import { shownName } from '../core/key-shape.js';
import { nameOption } from './allowed.js';
import type { Source } from './index.js';
import { seal } from './seal.js';
import type { SourceContext } from './source-context.js';
import { unavailable } from './unavailable.js';
import { valueVersion } from './value-version.js';

const aVariable = 'the name of an environment variable, without $';

/** A variable of Keywright's own environment, as it was when the process began. */
export const envSource = defineKind({
  kind: 'env',
  summary: 'A variable of the environment of Keywright itself.',
  options: {
    // A key that was typed here would be named in every message about the variable that is not there.
    name: nameOption(/^[^=\0$\s]+$/, aVariable).describe('The variable.'),
  },
  make: ({ name: variable }, { name, environment }: SourceContext): Source => ({
    fetch() {
      const value = environment[variable];
      if (value === undefined)
        return Promise.reject(unavailable(name, `the variable ${shownName(variable)} is not set`, 'missing'));
      if (value === '') return Promise.reject(unavailable(name, `the variable ${variable} is empty`, 'missing'));
      // It cannot change while the process lives, so it is never fetched again.
      return Promise.resolve({
        fields: { value: seal(name, value) },
        version: valueVersion(value),
        expiresAt: Number.POSITIVE_INFINITY,
      });
    },
  }),
});
