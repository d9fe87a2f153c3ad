import { UsageError } from '../core/usage-error.js';
import { newToken } from '../identity/new-token.js';
import type { Command } from './command.js';
import { configOption, requireConfig } from './configuration.js';

export const client: Command = {
  name: 'client',
  help: `
keywright client add desk

Makes a 256-bit token and prints it once, with the entry for the configuration: only its hash is ever stored.

  add NAME     a new token for the client NAME
  list         the names of the clients in the configuration
      --json   the output as JSON
`,
  options: { ...configOption, json: { type: 'boolean' } },
  run(invocation, terminal) {
    const [action, name, ...more] = invocation.positionals;
    const json = invocation.values['json'] === true;
    if (action === 'list' && name === undefined) {
      const names = requireConfig(invocation, terminal).clients.map((known) => known.name);
      terminal.out(json ? `${JSON.stringify(names)}\n` : names.map((known) => `${known}\n`).join(''));
      return Promise.resolve(0);
    }
    if (action !== 'add' || name === undefined || more.length > 0) {
      throw new UsageError('say `keywright client add NAME` or `keywright client list`.');
    }
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
      throw new UsageError('a client name has letters, digits, dots, underscores and hyphens, at most 64.');
    }
    const { token, sha256 } = newToken();
    const entry = `clients:\n  - { name: ${name}, token_sha256: ${sha256} }\n`;
    terminal.out(
      json
        ? `${JSON.stringify({ name, token, token_sha256: sha256 })}\n`
        : `The token, shown this once:\n\n  ${token}\n\nThe client uses it as the password of its proxy:\n\n` +
            `  HTTPS_PROXY=http://${name}:TOKEN@HOST:PORT\n\nThe configuration keeps its hash:\n\n${indent(entry)}`,
    );
    return Promise.resolve(0);
  },
};

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
