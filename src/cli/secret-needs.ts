import { referencesIn } from '../config/check-sources.js';
import type { Config } from '../config/load.js';
import { secretsIn } from '../config/references.js';
import { HeaderList } from '../core/header-list.js';
import { UsageError } from '../core/usage-error.js';
import type { Injection } from '../inject/index.js';
import { randomPlaceholders } from '../inject/placeholder.js';
import type { Credential } from '../secrets/index.js';

export interface Need {
  readonly secret: string;
  readonly field: string;
}

/** What needs fields of secrets, all together. */
export interface Needing {
  /** `policy api (header authorization)`, `secret app`, `backend vault`. */
  readonly by: string;
  readonly needs: readonly Need[];
  /** Puts the values on a request that goes nowhere. Throws what a request would be refused with. */
  readonly fill?: (credentials: ReadonlyMap<string, Credential>) => void;
  /** What signs with secrets as a whole, in fields that it looks for itself. Throws what a request would be refused with. */
  readonly signer?: {
    readonly secrets: readonly string[];
    readonly tryKeys: (credentials: ReadonlyMap<string, Credential>) => void;
  };
}

/** Everything that needs a secret: places of policies, those that apply to this client where one is given, and what is made from others. */
export function needsOf(config: Config, client: string | undefined): readonly Needing[] {
  const policies = config.policies.filter(({ clients }) => client === undefined || clients?.includes(client) !== false);
  return [
    ...policies.flatMap(({ name, inject }) => inject.map((entry) => ofPlace(name, entry))),
    ...Array.from(config.secrets, ([name, { options }]) => ofOptions(`secret ${name}`, options)),
    ...Array.from(config.backends, ([name, { options }]) => ofOptions(`backend ${name}`, options)),
  ];
}

type Entry = Config['policies'][number]['inject'][number];

function ofPlace(policy: string, entry: Entry): Needing {
  const injection = filling(entry);
  const by = `policy ${policy} (${injection.place})`;
  const { secrets, tryKeys } = injection;
  if (tryKeys !== undefined) return { by, needs: [], signer: { secrets, tryKeys } };
  return {
    by,
    needs: eachOnce(secretsIn(entry.options)),
    fill: (credentials) => {
      injection.inject({ method: 'GET', path: '/', headers: new HeaderList([]) }, '', credentials);
    },
  };
}

/** Nobody holds one. */
const noPlaceholders = randomPlaceholders([], new Map());

/** The place as it fills itself, whatever a client sends. Some have only the other mode: those try their values before anything is sent. */
function filling({ kind, options, mode }: Entry): Injection {
  const make = (wanted: Entry['mode']): Injection =>
    kind.make(options as never, { mode: wanted, placeholders: noPlaceholders });
  try {
    return make('set');
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return make(mode);
  }
}

function ofOptions(by: string, options: unknown): Needing {
  const references = referencesIn(options).map(({ reference: { name, field } }) => ({ secret: name, field }));
  return { by, needs: eachOnce(references) };
}

function eachOnce(needs: readonly Need[]): readonly Need[] {
  return [...new Map(needs.map(({ secret, field }) => [`${secret}.${field}`, { secret, field }])).values()];
}
