import type { Service } from '../catalogue/service.js';
import { argumentName } from './claim.js';
import { isSecretByName, isTellingName } from './secret-names.js';
import { neverHarmless, secretShapeIn } from './secret-shapes.js';

/** Something that the child must not get without a word of the user. */
export interface Leftover {
  /** The variable, or `argument 3` counted from 1. */
  readonly where: string;
  /** A clause without a full stop; it never repeats the value. */
  readonly why: string;
}

/** Lines for the user: each with the way out, and at the end the better one. */
export function describeLeftovers(leftovers: readonly Leftover[]): string {
  const better =
    'For a service that keywright does not know, a configuration says where the secret may go: config/run.yaml shows how.';
  return [...leftovers.map((leftover) => `  ${describeLeftover(leftover)}`), better].join('\n');
}

/** One line for the user, with the way out. */
export function describeLeftover({ where, why }: Leftover): string {
  // A name may hold whatever the environment does, control characters for the terminal included.
  const name = where.replace(/[^\x20-\x7e]/g, '?');
  return `${name}: ${why}; hand it over unprotected with --pass ${name.replace(' ', ':')}`;
}

/** Does `--pass` name this variable, or this argument as `argument:3`? */
export function isPassed(passed: readonly string[], where: string): boolean {
  return passed.includes(where.replace(' ', ':'));
}

/** What of the variables looks like a secret. `rest` is the environment without the secrets that were taken out. */
export function leftoverVariables(
  rest: Readonly<Record<string, string>>,
  services: readonly Service[],
): readonly Leftover[] {
  const companions = new Set(services.flatMap((service) => service.companions ?? []));
  return Object.entries(rest).flatMap(([name, value]) => {
    const why = whyIsSecret(name, value, companions.has(name));
    return why === undefined ? [] : [{ where: name, why }];
  });
}

export function leftoverArguments(rest: readonly string[]): readonly Leftover[] {
  return rest.flatMap((argument, index) => {
    const named = /^-{0,2}([A-Za-z][\w.-]*)(?:=|:\s+)(.*)$/s.exec(argument);
    const option = /^--?([A-Za-z][\w-]*)$/.exec(rest[index - 1] ?? '')?.[1];
    const [name, value] = named === null ? [option ?? '', argument] : [named[1] ?? '', named[2] ?? ''];
    const why = whyIsSecret(name, value, false);
    return why === undefined
      ? []
      : [{ where: argumentName(index), why: isTellingName(name) ? `${why} (${name})` : why }];
  });
}

function whyIsSecret(name: string, value: string, companion: boolean): string | undefined {
  const shape = secretShapeIn(value);
  if (shape !== undefined && (!companion || neverHarmless(shape))) return `it looks like ${shape.name}`;
  if (!companion && isSecretByName(name, value)) return 'its name and its value look like a secret';
  return undefined;
}
