import { MissingError, UsageError } from '../core/usage-error.js';
import { textOption, type Command } from './command.js';
import { configOption, requireConfig } from './configuration.js';
import { openPlaceholders } from './placeholder-key.js';

export const placeholder: Command = {
  name: 'placeholder',
  help: `
keywright placeholder github --client desk

Prints what the client sends where the secret should be. It is no secret: it is worth nothing without the proxy, and
bound to this client and this secret.

  NAME                a secret of the configuration
      --client NAME   the client that may use it
  -c, --config FILE   the configuration
`,
  options: { ...configOption, client: { type: 'string' } },
  run(invocation, terminal) {
    const [name, ...more] = invocation.positionals;
    const client = textOption(invocation, 'client');
    if (name === undefined || client === undefined || more.length > 0) {
      throw new UsageError('say `keywright placeholder NAME --client CLIENT`.');
    }
    const config = requireConfig(invocation, terminal);
    if (!config.clients.some((known) => known.name === client)) {
      throw new MissingError('the configuration has no client of this name: see `keywright client list`.');
    }
    const found = config.secrets.has(name) ? openPlaceholders(config, terminal).of(client, name) : undefined;
    if (found === undefined) throw new MissingError('the configuration has no secret of this name.');
    terminal.out(`${found}\n`);
    return Promise.resolve(0);
  },
};
