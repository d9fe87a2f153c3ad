import type { SecretAction } from './secret-action.js';

/** `keywright secret list`: names, never values. */
export const listSecrets: SecretAction = {
  named: false,
  options: ['json'],
  async run(_name, { store, settings }, invocation, terminal) {
    const contents = (await store.contents()) ?? [];
    const rows = Array.from(contents, ([name, { fields, changed }]) => ({ name, fields: [...fields.keys()], changed }));
    if (invocation.values['json'] === true) {
      terminal.out(`${JSON.stringify({ file: settings.file, secrets: rows })}\n`);
      return 0;
    }
    const width = Math.max(0, ...rows.map(({ name }) => name.length));
    const lines = rows.map(({ name, fields, changed }) => `${name.padEnd(width)}  ${changed}  ${fields.join(', ')}\n`);
    terminal.out(lines.join(''));
    if (rows.length === 0) terminal.error(`keywright: there are no secrets in ${settings.file}.\n`);
    return 0;
  },
};
