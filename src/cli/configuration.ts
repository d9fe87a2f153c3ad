import { join } from 'node:path';
import { loadConfig, type Config } from '../config/load.js';
import { locateConfig } from '../config/locate.js';
import { UsageError } from '../core/usage-error.js';
import { textOption, type Command, type Invocation } from './command.js';
import type { Terminal } from './terminal.js';

/** The option that every command with a configuration has. */
export const configOption: Command['options'] = { config: { type: 'string', short: 'c' } };

/** The configuration of `--config`, `$KEYWRIGHT_CONFIG` or the user's configuration folder; never of the current folder. */
export function findConfig(invocation: Invocation, terminal: Terminal): Config | undefined {
  const flag = textOption(invocation, 'config');
  const path = locateConfig({
    ...(flag === undefined ? {} : { flag }),
    environment: terminal.environment,
    home: terminal.home,
  });
  return path === undefined ? undefined : loadConfig(path);
}

export function requireConfig(invocation: Invocation, terminal: Terminal): Config {
  const config = findConfig(invocation, terminal);
  if (config === undefined) {
    throw new UsageError(
      `there is no configuration: give one with --config FILE or $KEYWRIGHT_CONFIG, or write ${configFolder(terminal)}/keywright.yaml.`,
    );
  }
  return config;
}

export function configFolder({ environment, home }: Terminal): string {
  return join(environment['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'keywright');
}

/** Where state is kept that outlives a run: the audit log of `run`, the key of placeholders. */
export function stateFolder({ environment, home }: Terminal): string {
  return join(environment['XDG_STATE_HOME'] ?? join(home, '.local', 'state'), 'keywright');
}
