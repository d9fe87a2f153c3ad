import { couldBeKey, unshown } from '../core/key-shape.js';
import { defineKind } from '../core/kind.js';
import { MissingError, UsageError } from '../core/usage-error.js';
import { nameOption } from './allowed.js';
import type { Fetched, Source } from './index.js';
import { reveal, seal } from './seal.js';
import type { SourceContext } from './source-context.js';
import { secretName, setCommand } from './store/index.js';
import { NoStoreError, type SealedContents } from './store/sealed.js';
import { unavailable } from './unavailable.js';
import { valueVersion } from './value-version.js';

type Fields = ReturnType<SealedContents['get']>;

const kind = defineKind({
  kind: 'store',
  summary: 'The built-in encrypted store, which `keywright secret set` fills; `store` says where it is.',
  options: {
    name: nameOption(secretName, 'a name as `keywright secret list` shows it')
      .optional()
      .describe('Its name in the store, where that is another than here.'),
  },
  make: ({ name: stored }, { name, store, configFile }: SourceContext): Source => {
    const wanted = stored ?? name;
    let known: { readonly fields: Fields; readonly fetched: Fetched } | undefined;
    return {
      async fetch({ signal }) {
        // The name of a secret here was shown before; another is what somebody typed.
        const isHidden = wanted !== name && couldBeKey(wanted);
        const command = setCommand(isHidden ? 'NAME' : wanted, configFile);
        const fields = (await opened(name, store, signal, command)).get(wanted);
        if (fields === undefined) {
          const what = isHidden ? unshown : `${wanted}: ${command}`;
          throw unavailable(name, `the store has no secret ${what}`, 'missing');
        }
        if (known?.fields !== fields) known = { fields, fetched: fetchedOf(name, fields) };
        return known.fetched;
      },
    };
  },
});

/** The built-in store, looked at for every use: what `keywright secret set` says is in effect for the next request. */
export const storeSource = { ...kind, usesStore: true as const };

/** `command`: what puts this secret into it. */
async function opened(
  name: string,
  store: SourceContext['store'],
  signal: AbortSignal,
  command: string,
): Promise<SealedContents> {
  if (store === undefined) throw unavailable(name, 'there is no store here', 'missing');
  try {
    return await store.sealed(signal);
  } catch (error) {
    if (!(error instanceof MissingError || error instanceof UsageError)) throw error;
    const making = error instanceof NoStoreError ? `: ${command} makes it` : '';
    throw unavailable(name, `${error.message.replace(/\.$/, '')}${making}`, 'missing');
  }
}

function fetchedOf(name: string, fields: NonNullable<Fields>): Fetched {
  const values = Array.from(fields, ([field, sealed]) => [field, reveal(sealed)] as const);
  return {
    fields: Object.fromEntries(values.map(([field, value]) => [field, seal(name, value)])),
    version: valueVersion(JSON.stringify(values)),
  };
}
