import { UsageError } from '../core/usage-error.js';
import { secretName } from '../secrets/store/index.js';
import type { Command, Invocation } from './command.js';
import { configOption } from './configuration.js';
import type { SecretAction } from './secret-action.js';
import { listSecrets } from './secret-list.js';
import { removeSecret } from './secret-remove.js';
import { setSecret } from './secret-set.js';
import { locateStore } from './secret-store.js';

const actions: Readonly<Record<string, SecretAction>> = { set: setSecret, list: listSecrets, remove: removeSecret };

export const secret: Command = {
  name: 'secret',
  help: `
keywright secret set github < token.txt
keywright secret set github                          # asks, and shows nothing
vault read -format=json db | jq .data | keywright secret set db --json

The built-in store: one file, encrypted by age. A value comes on standard input or is asked for at the terminal,
never as an argument, where the shell's history and every program that lists processes would have it. No command
shows one. Running proxies have it with the next request.

  set NAME             one newline at the end of standard input does not belong to the value
      --field FIELD    this field of the secret, {NAME.FIELD} in a template; left out: value
                       (a field that is no secret and shorter than 8 bytes: see plain_fields in docs/configuration.md)
      --json           standard input is a JSON object: its members are the fields, and all there are from then on
  list                 names, when they were changed, and their fields
      --json           the same as JSON
  remove NAME
      --field FIELD    this field only

  -c, --config FILE    the configuration, whose \`store\` says where the store is and what opens it; without a
                       configuration it is $XDG_DATA_HOME/keywright/secrets.age (~/.local/share)

The first \`set\` makes the store, and an identity that opens it unless there is one: keep a copy of that.
`,
  options: { ...configOption, json: { type: 'boolean' }, field: { type: 'string' } },
  async run(invocation, terminal) {
    const { action, name } = parse(invocation);
    return action.run(name, locateStore(invocation, terminal), invocation, terminal);
  },
};

/** What stands where it does not belong may be a value: no message repeats it. */
function parse({ positionals, rest, values }: Invocation): { readonly action: SecretAction; readonly name: string } {
  const [word = '', name = '', ...more] = positionals;
  const action = Object.hasOwn(actions, word) ? actions[word] : undefined;
  if (action === undefined) {
    throw new UsageError('say `keywright secret set NAME`, `keywright secret list` or `keywright secret remove NAME`.');
  }
  const foreign = Object.keys(values).find((option) => option !== 'config' && !action.options.includes(option));
  if (foreign !== undefined) throw new UsageError(`\`keywright secret ${word}\` has no option --${foreign}.`);
  if (more.length > 0 || rest !== undefined || (!action.named && name !== '')) {
    throw new UsageError(
      `there is an argument too many after \`keywright secret ${word}\`. A value is never one: it comes on standard input, or is asked for. If it was a value, the shell's history has it now, and others may have seen it: have it replaced.`,
    );
  }
  if (action.named && !secretName.test(name)) {
    throw new UsageError(
      `\`keywright secret ${word}\` needs a name: 1 to 64 letters, digits, underscores and hyphens, a letter or digit first.`,
    );
  }
  return { action, name };
}
