import { UsageError } from '../core/usage-error.js';
import type { Injection } from '../inject/index.js';
import { randomPlaceholders } from '../inject/placeholder.js';
import { overlap } from '../core/slot.js';
import type { Settings } from './config.js';
import { found, quoted } from './found.js';
import type { Path, Problem } from './problem.js';
import { isTemplate, secretsIn, type Reference } from './references.js';

export interface Injected {
  readonly problems: readonly Problem[];
  /** For each policy, in order, the secrets that it puts on requests, as far as they are known. */
  readonly secrets: readonly ReadonlySet<string>[];
}

/** Nobody holds one: enough to see whether a place can be made of its options. */
const noPlaceholders = randomPlaceholders([], new Map());

/** Makes every place once, since each checks its own options, and looks up the secrets it names. */
export function checkInjections({ policies, secrets }: Settings): Injected {
  const problems: Problem[] = [];
  const injected = policies.map(({ inject, unsafeCleartext }, index) => {
    let certificates = 0;
    const earlier: Earlier[] = [];
    const names = inject.flatMap(({ kind, options, mode }, at) => {
      const path = ['policies', index, 'inject', at];
      try {
        const injection = kind.make(options as never, { mode, placeholders: noPlaceholders });
        const unknown = injection.secrets.filter((name) => !secrets.has(name));
        problems.push(
          ...unknown.map((name) => unknownSecret([...path, ...optionWith(name, options)], name, secrets.keys())),
        );
        problems.push(...onlyPlain(path, options, secrets));
        problems.push(...writtenTwice(path, injection, earlier));
        earlier.push({ injection, number: at + 1, kind: kind.kind });
        if (injection.certificate !== undefined) {
          certificates += 1;
          problems.push(...certificateProblems(path, certificates, unsafeCleartext));
        }
        return injection.secrets.filter((name) => secrets.has(name));
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        problems.push(unusableEntry(path, options, secrets, error));
        return [];
      }
    });
    return new Set(names);
  });
  return { problems, secrets: injected };
}

interface Earlier {
  readonly injection: Injection;
  /** From 1. */
  readonly number: number;
  readonly kind: string;
}

/**
 * What one entry sets another would write over, or sign as it is no more. Two in mode `substitute` may share a place: each fires only where
 * the client has put its placeholder, and leaves the rest.
 */
function writtenTwice(path: Path, { mode, writes = [] }: Injection, earlier: readonly Earlier[]): Problem[] {
  const first = earlier.find(
    ({ injection }) =>
      (mode === 'set' || injection.mode === 'set') &&
      injection.writes?.some((one) => writes.some((other) => overlap(one, other))) === true,
  );
  if (first === undefined) return [];
  const message = `found an entry that writes what entry ${first.number} of this policy (${first.kind}) writes too; allowed is one of them, or both in mode substitute`;
  return [{ path, at: 'value', message }];
}

/** A connection shows one certificate, and shows it in a TLS handshake. */
function certificateProblems(path: Path, count: number, unsafeCleartext: boolean): Problem[] {
  const messages = [
    ...(count > 1 ? ['found a second client-certificate; allowed is one in a policy'] : []),
    ...(unsafeCleartext
      ? ['found a client-certificate in a policy with unsafe_cleartext; allowed is one without, as http:// shows none']
      : []),
  ];
  return messages.map((message) => ({ path, at: 'value', message }));
}

/** At the option with the mistake where that is plain. Of a text only a reference to a secret is repeated: the rest may be one. */
function unusableEntry(path: Path, options: unknown, secrets: Settings['secrets'], { message }: UsageError): Problem {
  const texts = Object.entries(options as Readonly<Record<string, unknown>>).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const broken = texts.find(([, text]) => !isTemplate(text));
  if (broken !== undefined) {
    const [option, text] = broken;
    const reference = Array.from(text.matchAll(/\{([\w-]+)[.\w-]*\}/g)).find(
      ([whole, secret = '']) => secrets.has(secret) && !isTemplate(whole),
    );
    const what = reference === undefined ? 'a text that cannot be used' : found(reference[0]);
    return { path: [...path, option], at: 'value', message: `found ${what}: ${message}` };
  }
  const isNoReference = texts.some(([option]) => option === 'template') && secretsIn(options).length === 0;
  if (isNoReference) {
    const doubled = texts.some(([, text]) => text.includes('{{'));
    const hint = doubled ? ' A secret is {secret}; doubled braces stand for themselves.' : '';
    return { path: [...path, 'template'], at: 'value', message: `found no reference: ${message}${hint}` };
  }
  return { path, at: 'value', message: `found an entry that cannot be used: ${message}` };
}

export function unknownSecret(path: Path, name: string, known: Iterable<string>): Problem {
  const names = [...known];
  const allowed = names.length === 0 ? 'there are none' : names.map(quoted).join(', ');
  const message = `found the unknown secret ${found(name)}; allowed are those of the configuration: ${allowed}`;
  return { path, at: 'value', message };
}

/** It would put nothing secret on a request: no credential at all, or one whose wrong field was marked. */
function onlyPlain(path: Path, options: unknown, secrets: Settings['secrets']): Problem[] {
  const references = secretsIn(options);
  const isPlain = ({ secret, field }: Reference): boolean => secrets.get(secret)?.plainFields.includes(field) === true;
  if (references.length === 0 || !references.every(isPlain)) return [];
  const names = references.map(({ secret, field }) => quoted(`${secret}.${field}`)).join(', ');
  const message = `found an entry that puts nothing secret on a request (plain_fields has ${names}); allowed is one with a field that is secret`;
  return [{ path, at: 'value', message }];
}

function optionWith(name: string, options: unknown): string[] {
  const { secret } = options as { readonly secret?: unknown };
  if (secret === name) return ['secret'];
  const reference = secretsIn(options).find(({ secret }) => secret === name);
  return reference === undefined ? [] : [reference.option];
}
