import { found } from '../config/found.js';
import type { Config } from '../config/load.js';
import { systemClock } from '../core/clock.js';
import type { Caller } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { openSecrets, type OpenSecrets } from '../secret-sources.js';
import {
  checkCaller,
  differsByCaller,
  onlyClientOf,
  Unavailability,
  whyUnavailable,
  type Credential,
} from '../secrets/index.js';
import type { Finding } from './finding.js';
import { needsOf, type Need, type Needing } from './secret-needs.js';

/** What to check: these secrets, for this client. Without a client it is what is the same for all, and every policy. */
export interface SecretsWanted {
  readonly names?: Iterable<string>;
  readonly client?: string | undefined;
}

/**
 * Fetches each of these secrets once, and tries whether what needs its fields could use them, by the code of a request; what is missing
 * is said, what is there is not shown.
 */
export async function checkSecrets(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
  { names = config.secrets.keys(), client }: SecretsWanted = {},
): Promise<Finding[]> {
  const open = openSecrets(config, { environment, clock: systemClock, onEvent: () => undefined, trial: true });
  const needing = needsOf(config, client);
  const ownNeeds = new Set(
    needing.flatMap(({ fill, needs, signer }) =>
      fill === undefined ? (signer?.secrets ?? []) : needs.map(({ secret }) => secret),
    ),
  );
  const asClient = (name: string): string | undefined => {
    const only = onlyClientOf(name, open.callerTerms);
    // What a policy would give to the client that was named is tried as that one, also where it is another's.
    return client !== undefined && ownNeeds.has(name) ? client : (only ?? client);
  };
  const trying = Array.from(names, (name) => tryOne(open, name, { as: asClient(name), client }));
  const tried = await Promise.all(trying).finally(() => open.secrets.close());
  const credentials = new Map(tried.flatMap(({ credential: had }) => (had === undefined ? [] : [[had.name, had]])));
  const problems = problemsOf(needing, credentials);
  return tried.flatMap(({ name, finding }) => {
    const { client: whose } = finding;
    const wrong = problems.get(name) ?? [];
    if (wrong.length === 0) return [finding];
    return wrong.map((why): Finding => ({
      what: finding.what,
      state: 'missing',
      ...(whose === undefined ? {} : { client: whose }),
      why,
    }));
  });
}

interface Tried {
  readonly name: string;
  readonly finding: Finding;
  readonly credential?: Credential;
}

interface Trial {
  readonly as: string | undefined;
  /** Whom the operator named. */
  readonly client: string | undefined;
}

async function tryOne({ secrets, callerTerms }: OpenSecrets, name: string, { as, client }: Trial): Promise<Tried> {
  const what = `secret ${name}`;
  const differs = differsByCaller(name, callerTerms);
  if (differs && as === undefined) {
    const why = 'depends on the caller: not tried; --client NAME tries it as that client';
    return { name, finding: { what, state: 'untried', why } };
  }
  const caller: Caller = { client: as ?? 'check' };
  const whose = differs ? { client: caller.client } : {};
  try {
    checkCaller(name, callerTerms, caller);
  } catch (error) {
    // Whoever named a client asked what `serve` would do for it, and that is to refuse.
    return {
      name,
      finding: { what, state: client === undefined ? 'untried' : 'missing', ...whose, why: whyNot(name, error) },
    };
  }
  try {
    const credential = await secrets.acquire(name, caller);
    return { name, finding: { what, state: 'there', ...whose }, credential };
  } catch (error) {
    return {
      name,
      finding: { what, state: isUntried(error) ? 'untried' : 'missing', ...whose, why: whyNot(name, error) },
    };
  }
}

/** What a trial would have used up is neither there nor missing. */
function isUntried(error: unknown): boolean {
  return error instanceof Refusal && error.cause instanceof Unavailability && error.cause.kind === 'untried';
}

function whyNot(name: string, error: unknown): string {
  if (!(error instanceof Refusal)) throw error;
  return whyUnavailable(name, error);
}

/** For each secret, what cannot be done with it: each thing once, with the first that needs it. */
function problemsOf(
  needing: readonly Needing[],
  credentials: ReadonlyMap<string, Credential>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Map<string, string[]>>();
  for (const one of needing) {
    const fields = unmet(one, credentials).map(([{ secret, field }, why]) => [
      secret,
      `needs its field ${JSON.stringify(field)}, which ${why}`,
    ]);
    for (const [secret = '', problem = ''] of [...fields, ...unsigned(one, credentials)]) {
      const ofSecret = found.get(secret) ?? new Map<string, string[]>();
      ofSecret.set(problem, [...(ofSecret.get(problem) ?? []), one.by]);
      found.set(secret, ofSecret);
    }
  }
  return new Map(Array.from(found, ([secret, problems]) => [secret, Array.from(problems, inWords)]));
}

function inWords([problem, [first = '', ...others]]: readonly [string, readonly string[]]): string {
  const more = others.length === 0 ? '' : ` (and ${others.length} other ${others.length === 1 ? 'place' : 'places'})`;
  return `${first}${more} ${problem}`;
}

/** Fields that are not there or cannot be handed out; where all can be, the first whose value cannot stand where it would go. */
function unmet({ needs, fill }: Needing, credentials: ReadonlyMap<string, Credential>): [Need, string][] {
  const missing = needs.flatMap((need): [Need, string][] => {
    const credential = credentials.get(need.secret);
    const why = credential === undefined ? undefined : whyNone(need, () => credential.field(need.field));
    return why === undefined ? [] : [[need, why === 'is not there' ? `${why}${alternatives(credential)}` : why]];
  });
  if (missing.length > 0 || fill === undefined || needs.some(({ secret }) => !credentials.has(secret))) return missing;
  const misfit = needs.map((need): [Need, string | undefined] => [need, whyNone(need, () => fill(credentials))]);
  return misfit.flatMap(([need, why]): [Need, string][] => (why === undefined ? [] : [[need, why]])).slice(0, 1);
}

/** The secret that nothing can be signed with, and why. */
function unsigned({ signer }: Needing, credentials: ReadonlyMap<string, Credential>): [string, string][] {
  if (signer === undefined || signer.secrets.some((name) => !credentials.has(name))) return [];
  try {
    signer.tryKeys(credentials);
    return [];
  } catch (error) {
    const name = signer.secrets.find((one) => isAbout(one, error)) ?? '';
    return [[name, `cannot sign with it: ${whyNot(name, error)}`]];
  }
}

function isAbout(name: string, error: unknown): boolean {
  return (
    error instanceof Refusal && error.cause instanceof Error && error.cause.message.startsWith(`the secret ${name} `)
  );
}

/** Why this field cannot be had: `is not there`; undefined where it can, or where it is about another. */
function whyNone({ secret, field }: Need, use: () => unknown): string | undefined {
  try {
    use();
    return undefined;
  } catch (error) {
    const why = whyNot(secret, error);
    const about = `its field ${field} `;
    return why.startsWith(about) ? why.slice(about.length) : undefined;
  }
}

const mostNames = 8;

/** The fields that there are instead. Names are the backend's: one that looks like a key is not shown. */
function alternatives(credential: Credential | undefined): string {
  const { names = [] } = credential ?? {};
  if (names.length === 0) return '';
  const rest = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  return `; it has ${names.slice(0, mostNames).map(found).join(', ')}${rest}`;
}
