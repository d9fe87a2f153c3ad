import { systemClock } from '../core/clock.js';
import { MissingError, UsageError } from '../core/usage-error.js';
import { fieldName, type Contents } from '../secrets/store/index.js';
import { textOption } from './command.js';
import type { SecretAction } from './secret-action.js';

/** `keywright secret remove`: a secret, or one field of it; with its last field it is gone. */
export const removeSecret: SecretAction = {
  named: true,
  options: ['field'],
  async run(name, { store, settings }, invocation, terminal) {
    const field = textOption(invocation, 'field');
    if (field !== undefined && !fieldName.test(field)) {
      throw new UsageError('a field name has letters, digits, underscores and hyphens, at most 64.');
    }
    await store.change((contents) => without(contents, name, field, settings.file));
    terminal.out(`${field === undefined ? name : `${name}.${field}`} is no longer in ${settings.file}.\n`);
    return 0;
  },
};

function without(contents: Contents | undefined, name: string, field: string | undefined, file: string): Contents {
  const secret = contents?.get(name);
  if (secret === undefined) throw new MissingError(`there is no secret ${name} in ${file}.`);
  if (field !== undefined && !secret.fields.has(field)) {
    throw new MissingError(`the secret ${name} in ${file} has no field ${field}.`);
  }
  const rest = new Map([...secret.fields].filter(([other]) => field !== undefined && other !== field));
  const others = [...(contents ?? [])].filter(([other]) => other !== name);
  const changed = new Date(systemClock.now()).toISOString();
  return new Map(rest.size === 0 ? others : [...others, [name, { fields: rest, changed }]]);
}
