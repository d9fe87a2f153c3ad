import type { Caller } from '../core/message.js';
import type { HostPattern } from './host-pattern.js';
import {
  canonicalPath,
  compileSegments,
  emptySegment,
  matchesSegments,
  numberSegments,
  type SegmentNumbers,
  type Segments,
} from './path.js';
import { foldPath, loosestReading, pathReadings } from './readings.js';

/** What no policy can allow. A list that is left out stands for all; an empty one for none. */
export interface DenyRule {
  readonly name: string;
  readonly clients?: readonly string[] | undefined;
  readonly hosts: readonly HostPattern[];
  /** GET stands for HEAD too: RFC 9110 section 9.3.2 makes HEAD a GET without the content. */
  readonly methods?: readonly string[] | undefined;
  /** Patterns as in policy/path. */
  readonly paths?: readonly string[] | undefined;
  /** Built in, rather than written in the configuration: it matches where any reading of a path does (policy/readings). */
  readonly builtIn?: BuiltIn | undefined;
}

export interface BuiltIn {
  /** What would allow it: a sentence for the operator. */
  readonly wayOut: string;
  /** Actions that a POST may name in its content all the same, where nothing else says what it does. */
  readonly unless?: readonly string[] | undefined;
}

/** What takes requests for a token instead of the destination: they go nowhere, and are answered with a placeholder. */
export interface TokenEndpoint extends TokenAccount {
  /** Accounts that ask at the same place; each of all is told by `askedWith` then. */
  readonly others?: readonly TokenAccount[];
}

export interface TokenAccount {
  /** The name of the secret that the placeholder stands for. */
  readonly secret: string;
  /** What the answer says that the token is good for (RFC 6749 section 3.3). */
  readonly scope?: string | undefined;
  /** The name of another secret: whoever asks for this account shows its placeholder. */
  readonly askedWith?: string | undefined;
}

/** What is allowed, and with which plan: opaque here, carried from the configuration to whoever carries out the grant. */
export interface PolicyRule<Plan> extends DenyRule {
  readonly clients: readonly string[] | undefined;
  readonly action: 'allow' | 'tunnel';
  readonly unsafeCleartext: boolean;
  /** A request may go on in a protocol that nobody reads. */
  readonly unsafeOpaqueUpgrade: boolean;
  readonly tokenEndpoint?: TokenEndpoint | undefined;
  readonly plan: Plan;
}

/** The part of a request that methods and paths look at. What of the path is asked for is worked out once. */
export class Operation {
  readonly method: string;
  /** As the caller sent it, with its query. */
  readonly rawPath: string;
  readonly #path: string;
  readonly #numbers: SegmentNumbers;
  #segments: Known<Segments>;
  #readings: Known<readonly Segments[]>;
  #loosest: Known<string>;

  /** Reads the request target in origin form; the query takes no part. */
  constructor(method: string, rawPath: string, numbers: SegmentNumbers) {
    this.method = method;
    this.rawPath = rawPath;
    this.#path = withoutQuery(rawPath);
    this.#numbers = numbers;
  }

  /** Undefined where the path reads in more than one way. */
  get segments(): Segments | undefined {
    if (this.#segments === undefined) {
      const canonical = canonicalPath(this.#path);
      this.#segments = canonical === undefined ? null : numberSegments(canonical, this.#numbers);
    }
    return this.#segments ?? undefined;
  }

  /** As above, of every path that it may be read as; see policy/readings. */
  get readings(): readonly Segments[] | undefined {
    if (this.#readings === undefined)
      this.#readings = pathReadings(this.#path)?.map((path) => numberSegments(path, this.#numbers)) ?? null;
    return this.#readings ?? undefined;
  }

  /** Every segment of any reading stands in it. Undefined where that is too much to be read. */
  get loosest(): string | undefined {
    if (this.#loosest === undefined) this.#loosest = loosestReading(this.#path) ?? null;
    return this.#loosest ?? undefined;
  }
}

/** Undefined: not asked for yet; null: there is none. */
type Known<T> = T | null | undefined;

/** Why a rule whose hosts match does not match, or that it does. `ambiguous`: it cannot be known, so the request is refused. */
export type Verdict = 'match' | 'client' | 'method' | 'path' | 'ambiguous';

/** A rule made ready for matching; its hosts are matched beforehand, by an index. */
export interface Compiled<Rule> {
  readonly rule: Rule;
  readonly clients: ReadonlySet<string> | undefined;
  readonly methods: ReadonlySet<string> | undefined;
  readonly patterns: readonly Segments[] | undefined;
  /** Of a built-in rule, for each pattern the segments that it names. */
  readonly named: readonly (readonly string[])[];
  /**
   * A deny rule also matches what a lenient server takes for the same: `post` for `POST`, `/a/` for `/a` and the reverse.
   * A policy matches exactly: methods are case-sensitive (RFC 9110 section 9.1).
   */
  readonly lenient: boolean;
  /** It is built in, and tries every reading of a path. */
  readonly builtIn: boolean;
  /** It looks at methods or paths, so it says nothing about a whole host. */
  readonly byOperation: boolean;
}

export function withoutQuery(rawPath: string): string {
  const end = rawPath.indexOf('?');
  return end < 0 ? rawPath : rawPath.slice(0, end);
}

export function compilePolicy<Plan>(rule: PolicyRule<Plan>, numbers: SegmentNumbers): Compiled<PolicyRule<Plan>> {
  return compile(rule, rule.methods, numbers, false);
}

export function compileDeny(rule: DenyRule, numbers: SegmentNumbers): Compiled<DenyRule> {
  return compile(
    rule,
    rule.methods?.map((method) => method.toUpperCase()),
    numbers,
    true,
  );
}

export function holdsFor({ clients }: Compiled<DenyRule>, caller: Caller): boolean {
  return clients === undefined || clients.has(caller.client);
}

export function test(compiled: Compiled<DenyRule>, caller: Caller, operation: Operation): Verdict {
  if (!holdsFor(compiled, caller)) return 'client';
  const { methods, patterns, lenient } = compiled;
  if (methods?.has(lenient ? operation.method.toUpperCase() : operation.method) === false) return 'method';
  if (patterns === undefined) return 'match';
  if (compiled.builtIn) return testReadings(compiled, patterns, operation);
  const { segments } = operation;
  if (segments === undefined) return 'ambiguous';
  if (matchesOne(patterns, segments) || (lenient && matchesOne(patterns, slashTwin(segments)))) return 'match';
  return 'path';
}

/** Does only the content tell whether the rule forbids it? A path or a query could say something else than the content does. */
export function awaitsContent({ rule }: Compiled<DenyRule>, { method, rawPath }: Operation): boolean {
  return rule.builtIn?.unless !== undefined && method === 'POST' && rawPath === '/';
}

/**
 * Which of the deny rules forbids, by their verdicts; -1: none. Built-in ones keep from a caller what a destination would hand out, so a
 * request that is answered here does not concern them.
 */
export function barring(
  rules: readonly Compiled<DenyRule>[],
  verdicts: readonly (Verdict | 'host')[],
  isAnsweredHere: () => boolean,
): number {
  const found = firstOf(verdicts);
  if (rules[found]?.builtIn !== true || !isAnsweredHere()) return found;
  return firstOf(verdicts.map((verdict, position) => (rules[position]?.builtIn === true ? 'path' : verdict)));
}

function firstOf(verdicts: readonly (Verdict | 'host')[]): number {
  return verdicts.includes('match') ? verdicts.indexOf('match') : verdicts.indexOf('ambiguous');
}

/** Only where the path holds all that a pattern names can it be that pattern's, in whatever reading. */
function testReadings(
  { named }: Pick<Compiled<DenyRule>, 'named'>,
  patterns: readonly Segments[],
  operation: Operation,
): Verdict {
  const { loosest } = operation;
  if (loosest === undefined) return 'ambiguous';
  const near = patterns.filter((_, at) => (named[at] ?? []).every((segment) => loosest.includes(segment)));
  if (near.length === 0) return 'path';
  const { readings } = operation;
  if (readings === undefined) return 'ambiguous';
  const matches = readings.some((path) => matchesOne(near, path) || matchesOne(near, slashTwin(path)));
  return matches ? 'match' : 'path';
}

/** Throws `UsageError` for a path pattern that is none. */
function compile<Rule extends DenyRule>(
  rule: Rule,
  methods: readonly string[] | undefined,
  numbers: SegmentNumbers,
  lenient: boolean,
): Compiled<Rule> {
  const { clients, builtIn } = rule;
  const paths = builtIn === undefined ? rule.paths : rule.paths?.map(foldPath);
  return {
    rule,
    clients: clients && new Set(clients),
    methods: methods && new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods),
    patterns: paths?.map((path) => compileSegments(path, numbers)),
    named: builtIn === undefined ? [] : (paths ?? []).map(segmentsNamed),
    lenient,
    builtIn: builtIn !== undefined,
    byOperation: methods !== undefined || paths !== undefined,
  };
}

/** Without `*` and `**`. */
function segmentsNamed(pattern: string): readonly string[] {
  return pattern.split('/').filter((segment) => !/^\**$/.test(segment));
}

function matchesOne(patterns: readonly Segments[], segments: Segments): boolean {
  for (const pattern of patterns) if (matchesSegments(pattern, segments)) return true;
  return false;
}

function slashTwin(segments: Segments): Segments {
  return segments.at(-1) === emptySegment ? segments.slice(0, -1) : [...segments, emptySegment];
}
