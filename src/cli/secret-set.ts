import { systemClock } from '../core/clock.js';
import { UsageError } from '../core/usage-error.js';
import { fieldName } from '../secrets/store/index.js';
import { textOption } from './command.js';
import type { SecretAction } from './secret-action.js';
import type { LocatedStore } from './secret-store.js';
import { insteadHint, plainHint, readFields, readValue } from './secret-value.js';

/** `keywright secret set`. The value is read before the store is locked: a person takes their time. */
export const setSecret: SecretAction = {
  named: true,
  options: ['field', 'json'],
  async run(name, located, invocation, terminal) {
    const chosen = textOption(invocation, 'field');
    const isObject = invocation.values['json'] === true;
    if (chosen !== undefined && isObject) throw new UsageError('--json sets every field: it does not go with --field.');
    const field = chosen ?? 'value';
    if (!fieldName.test(field)) {
      throw new UsageError(
        'a field name has letters, digits, underscores and hyphens, at most 64. A value is never an argument.',
      );
    }
    const plainFields = located.plainFields(name);
    const instead = located.readInstead(name);
    const { fields, short, plain } = isObject
      ? await readFields(plainFields, terminal)
      : await readValue({ name, field, plainFields, instead }, terminal);
    const { made } = await located.store.change((contents = new Map()) => {
      const kept = isObject ? [] : (contents.get(name)?.fields ?? []);
      const changed = new Date(systemClock.now()).toISOString();
      return new Map([...contents, [name, { fields: new Map([...kept, ...fields]), changed }]]);
    });
    terminal.out(`${name} is in ${located.settings.file}.\n`);
    if (short.length > 0) {
      terminal.error(
        `keywright: too short to be found in answers, so no request gets them: ${short.join(', ')}.${plainHint(short, { name, instead })}\n`,
      );
    }
    if (instead !== undefined && short.length === 0) terminal.error(`keywright: ${insteadHint(name, instead)}\n`);
    if (plain.length > 0) {
      terminal.error(
        `keywright: not secret, as plain_fields in the configuration says, so not masked in answers: ${plain.join(', ')}.\n`,
      );
    }
    if (made !== undefined) terminal.out(aboutNewStore(made, located));
    return 0;
  },
};

function aboutNewStore(made: string, { settings, configured }: LocatedStore): string {
  const where = configured
    ? ''
    : `A configuration finds this store by\n\n  store: { file: ${JSON.stringify(settings.file)} }\n\n`;
  return `The store is new, and what opens it was made: ${made.replace(/,$/, '')}.\nKeep a copy of that where no copy of the store is: without it nothing in the store can be read again.\n${where}`;
}
