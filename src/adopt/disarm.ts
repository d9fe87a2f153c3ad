import { takeAccounts } from './account-files.js';
import { bindSecrets, type Binding, type BoundSecret } from './binding.js';
import { optionValues } from '../catalogue/argument-rule.js';
import { services as catalogue } from '../catalogue/services.js';
import type { Service } from '../catalogue/service.js';
import { argumentName, findClaims, type BrokenClaim, type ChildInput, type Claim } from './claim.js';
import { findExchanges, type Exchange } from './exchange.js';
import { proxyVariables } from './environment.js';
import { holdsEncoded } from './encoded-secret.js';
import { isPassed, leftoverArguments, leftoverVariables, type Leftover } from './leftovers.js';
import { rewrite, type Edit, type RewrittenChild } from './rewrite.js';

export interface DisarmInput extends ChildInput {
  /** `run.env` of the configuration: variables, and which configured secret each one holds. */
  readonly env?: Readonly<Record<string, string>>;
  /** `run.args` of the configuration: options, and which configured secret follows each one. */
  readonly options?: Readonly<Record<string, string>>;
  /** What `--pass` and `run.pass` name: variables, and arguments as `argument:3`. */
  readonly pass?: readonly string[];
  /** Names that the configuration gives to secrets of its own. */
  readonly taken?: readonly string[];
  readonly services?: readonly Service[];
}

export interface Disarmament {
  readonly bindings: readonly Binding[];
  /** Access tokens that the proxy fetches in the child's place. */
  readonly exchanges: readonly Exchange[];
  /** What the child gets in place of files that hold secrets, by the variables that name them. */
  readonly copies: (placeholder: (secretName: string) => string) => ReadonlyMap<string, string>;
  /** What the user should know: sentences. */
  readonly notes: readonly string[];
  /** Secrets of the configuration that the child gets a placeholder of, and where. */
  readonly configured: readonly { readonly secretName: string; readonly where: string }[];
  /** Where there is one, the child must not be started. */
  readonly leftovers: readonly Leftover[];
  /**
   * The values of the bindings' secrets by name: plaintext, for the proxy's `env` source alone.
   * A function, so that printing or serialising this object shows none.
   */
  readonly secretValues: () => ReadonlyMap<string, string>;
  /** What the child gets, with `placeholder(secretName)` in place of each secret, and without variables of Keywright. */
  readonly disarm: (placeholder: (secretName: string) => string) => RewrittenChild;
}

/** Shorter values cannot be told from other text when answers are scrubbed. */
const shortestSecret = 8;

/** Finds the secrets among what a child was to get, and what else there looks like one. */
export function planDisarm(input: DisarmInput): Disarmament {
  const { services = catalogue, pass = [], taken = [] } = input;
  const child = { environment: inheritable(input.environment), args: input.args };
  const untouched = (where: string): boolean => isPassed(pass, where);
  const configured = configuredSecrets(input, child);
  const own = new Set(configured.map(({ where }) => where));
  const accounts = takeAccounts({ ...child, command: input.command, pass, taken }, services);
  const found = findClaims({ ...child, command: input.command }, services)
    .filter(({ where }) => !own.has(where) && !untouched(where) && !accounts.variables.has(where))
    .map(checkValue);
  const broken = found.filter((claim) => 'why' in claim);
  const claims = found.filter((claim) => 'found' in claim);
  const names = [...taken, ...accounts.bound.map(({ binding }) => binding.secretName)];
  const bound = [...bindSecrets(claims, names), ...accounts.bound];
  const exchanged = findExchanges(claims, bound, child.environment);

  const disarm: Disarmament['disarm'] = (placeholder) => {
    const nameOf = new Map(bound.map(({ binding, value }) => [value, binding.secretName]));
    const edits: readonly Edit[] = [
      ...claims.map(({ where, text, found: { secret, replaceBy } }) => ({
        where,
        text,
        by: replaceBy(placeholder(nameOf.get(secret) ?? '')),
      })),
      ...bound.map(({ binding, value }) => ({ where: '', text: value, by: placeholder(binding.secretName) })),
      ...configured.map(({ where, value, secretName }) => ({ where, text: value, by: placeholder(secretName) })),
    ];
    const assigned = configured
      .filter(({ value }) => value === '')
      .map(({ where, secretName }) => [where, placeholder(secretName)] as const);
    const { environment, args } = rewrite(child, edits, untouched);
    return { environment: { ...environment, ...Object.fromEntries(assigned) }, args };
  };

  const rest = disarm(() => '');
  const suspects = [
    ...leftoverCopies(rest, bound),
    ...leftoverVariables(rest.environment, services),
    ...leftoverArguments(rest.args),
  ];
  const reported = new Set(
    [...broken, ...exchanged.leftovers].map(({ where }) => where).concat([...accounts.variables]),
  );
  return {
    bindings: bound.map(({ binding }) => binding),
    exchanges: [...exchanged.exchanges, ...accounts.exchanges],
    copies: accounts.copies,
    notes: accounts.notes,
    configured: configured.map(({ secretName, where }) => ({ secretName, where })),
    leftovers: [
      ...broken.map(({ where, why }) => ({ where, why })),
      ...exchanged.leftovers,
      ...accounts.leftovers,
      ...suspects.filter(({ where }) => !reported.has(where) && !untouched(where) && !proxyVariables.includes(where)),
    ],
    secretValues: () => new Map(bound.map(({ binding, value }) => [binding.secretName, value])),
    disarm,
  };
}

/** A secret that was taken out of one place and stands, encoded, in another. */
function leftoverCopies({ environment, args }: RewrittenChild, bound: readonly BoundSecret[]): readonly Leftover[] {
  const texts = [...Object.entries(environment), ...args.map((text, index) => [argumentName(index), text] as const)];
  return texts.flatMap(([where, text]) =>
    bound
      .filter(({ value }) => holdsEncoded(text, value))
      .map(({ binding }) => ({ where, why: `it holds the secret of ${binding.from.join(', ')} in another spelling` })),
  );
}

/** Keywright's own settings are none of the child's business. */
function inheritable(environment: ChildInput['environment']): Readonly<Record<string, string>> {
  const entries = Object.entries(environment).filter(([name]) => !name.toUpperCase().startsWith('KEYWRIGHT_'));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Where a configured secret goes; its value comes from its own source, so a variable may be empty or missing. */
function configuredSecrets(
  { env = {}, options = {} }: DisarmInput,
  { environment, args }: RewrittenChild,
): readonly { readonly secretName: string; readonly where: string; readonly value: string }[] {
  return [
    ...Object.entries(env).map(([where, secretName]) => ({ where, secretName, value: environment[where] ?? '' })),
    ...Object.entries(options).flatMap(([option, secretName]) =>
      optionValues(args, [option]).map(({ index, value }) => ({ where: argumentName(index), secretName, value })),
    ),
  ];
}

/** What cannot be found in an answer or cannot stand in a header is no use as a credential of the proxy. */
function checkValue(claim: Claim | BrokenClaim): Claim | BrokenClaim {
  if ('why' in claim) return claim;
  const { secret } = claim.found;
  const why =
    secret.length < shortestSecret
      ? `its value is shorter than ${shortestSecret} characters, too short to be found in an answer`
      : /^[\x21-\x7e]+$/.test(secret)
        ? undefined
        : 'its value holds a space, a line break or another character that a header cannot carry';
  return why === undefined ? claim : { service: claim.service, where: claim.where, why };
}
