import { UsageError } from '../core/usage-error.js';
import { exportAuthority } from './ca-export.js';
import { rotateAuthority } from './ca-rotate.js';
import { showAuthority } from './ca-show.js';
import type { Command, Invocation } from './command.js';
import { configOption, requireConfig } from './configuration.js';

/** Which options belong to which action: an option that would do nothing is a mistake. */
const actions: Readonly<Record<string, readonly string[]>> = {
  show: ['json'],
  export: ['bundle', 'out', 'format', 'only'],
  rotate: ['finish', 'retire', 'cancel', 'finish-after', 'json'],
};

export const ca: Command = {
  name: 'ca',
  help: `
keywright ca export --bundle --out /usr/local/share/keywright/trusted.pem

The CA that signs what intercepted callers get to see. No command shows its key.

  show                 subject, fingerprint, validity and permitted names of what is to be trusted, and where a
                       rotation stands (exit 1 once it has expired)
      --json           the same as JSON
  export               the certificates to trust, as PEM; during a rotation the older and the newer one
      --bundle         the system's roots too: for variables that replace a trust store, such as SSL_CERT_FILE
      --out FILE       to a file, whole or not at all, instead of to standard output
      --format FORMAT  pem (default), or der for one certificate
      --only ROLE      active, next or old: one of the two during a rotation
  rotate               1. makes the next CA, to be trusted; the present one signs
      --finish-after T    and step 2 comes by itself after so long: 90m, 36h, 14d
      --finish         2. the next CA signs, the one before is trusted still
      --retire         3. the one before is trusted no longer, and its key is deleted
      --cancel         one step back
      --json           what it is then, as JSON

  -c, --config FILE    the configuration

Between steps 1 and 2 give clients the new export: those that trust both see no difference. After each step have
running proxies reload. Clients that missed step 1 accept the next CA too, through a certificate from the one
before, until step 3.
`,
  options: {
    ...configOption,
    json: { type: 'boolean' },
    bundle: { type: 'boolean' },
    out: { type: 'string' },
    format: { type: 'string' },
    only: { type: 'string' },
    finish: { type: 'boolean' },
    retire: { type: 'boolean' },
    cancel: { type: 'boolean' },
    'finish-after': { type: 'string' },
  },
  run(invocation, terminal) {
    const action = actionOf(invocation);
    const config = requireConfig(invocation, terminal);
    switch (action) {
      case 'show':
        return Promise.resolve(showAuthority(config, invocation, terminal));
      case 'export':
        return Promise.resolve(exportAuthority(config, invocation, terminal));
      default:
        return Promise.resolve(rotateAuthority(config, invocation, terminal));
    }
  },
};

function actionOf(invocation: Invocation): string {
  const [action = '', ...more] = invocation.positionals;
  const allowed = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (allowed === undefined || more.length > 0 || invocation.rest !== undefined) {
    throw new UsageError('say `keywright ca show`, `keywright ca export` or `keywright ca rotate`.');
  }
  const foreign = Object.keys(invocation.values).find((name) => name !== 'config' && !allowed.includes(name));
  if (foreign !== undefined) throw new UsageError(`\`keywright ca ${action}\` has no option --${foreign}.`);
  return action;
}
