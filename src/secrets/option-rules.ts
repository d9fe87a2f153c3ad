import type { Mistake, Rule } from '../core/rule.js';

/** Why what goes by the subject of a caller's token is refused: no caller shows one. */
export const needsSubjects = "needs clients that show a user's token, which is not available yet";

/** A rule of one's own about some options: `mistakes` sees these and no others. */
export function ruleOf<Options>() {
  return <Key extends keyof Options & string>(
    of: readonly Key[],
    mistakes: (options: Pick<Options, Key>) => readonly Mistake[],
  ): Rule => ({ of, mistakes });
}

/** One of these options is there, and no other of them. */
export function exactlyOne(...keys: readonly [string, string, ...string[]]): Rule {
  const { of, mistakes } = atMostOne(...keys);
  return {
    of,
    mistakes: (options: Readonly<Record<string, unknown>>) => {
      if (presentIn(options, keys).length > 0) return mistakes(options as never);
      const message = `found neither ${keys.map(quoted).join(' nor ')}; allowed is exactly one of them`;
      return [{ path: [keys[0]], message }];
    },
  };
}

/** No two of these options. */
export function atMostOne(...keys: readonly [string, string, ...string[]]): Rule {
  return {
    of: keys,
    mistakes: (options: Readonly<Record<string, unknown>>) => {
      const [first, ...more] = presentIn(options, keys);
      return more.map((key) => ({
        path: [key],
        message: `found "${key}" beside "${first ?? ''}"; allowed is one of ${listed(keys)}`,
      }));
    },
  };
}

/** All of these options are there, or none. */
export function together(...keys: readonly [string, string, ...string[]]): Rule {
  return {
    of: keys,
    mistakes: (options: Readonly<Record<string, unknown>>) => {
      const [first] = presentIn(options, keys);
      if (first === undefined) return [];
      return keys
        .filter((key) => options[key] === undefined)
        .map((key) => ({ path: [first], message: `found "${first}" without "${key}"; allowed is both or neither` }));
    },
  };
}

/** What is used while its source cannot be asked has to last until it is asked: `max_stale`, with `refresh`, both in milliseconds. */
export const staleAfterRefresh = ruleOf<{ refresh: number; max_stale: number }>()(
  ['refresh', 'max_stale'],
  ({ refresh, max_stale }) =>
    max_stale >= refresh
      ? []
      : [
          {
            path: ['max_stale'],
            message: 'found "max_stale" (1h where it is left out) shorter than "refresh"; allowed is as long or longer',
          },
        ],
);

/** An option that means something only where another has one of these values. */
export function onlyWith(key: string, other: string, values: readonly string[]): Rule {
  return {
    of: [key, other],
    mistakes: (options: Readonly<Record<string, unknown>>) => {
      if (options[key] === undefined || values.some((value) => value === options[other])) return [];
      const choices = values.join(' or ');
      return [
        { path: [key], message: `found "${key}", which is for ${other}: ${choices}; allowed is that, or no "${key}"` },
      ];
    },
  };
}

/** An option without which another that has this value can do nothing. */
export function neededFor(key: string, other: string, values: readonly string[]): Rule {
  return {
    of: [key, other],
    mistakes: (options: Readonly<Record<string, unknown>>) => {
      const value = options[other];
      if (options[key] !== undefined || !values.some((one) => one === value)) return [];
      return [{ path: [key], message: `"${key}" is missing, which ${other}: ${String(value)} needs` }];
    },
  };
}

function presentIn(options: Readonly<Record<string, unknown>>, keys: readonly string[]): string[] {
  return keys.filter((key) => options[key] !== undefined);
}

function listed(keys: readonly string[]): string {
  return keys.map(quoted).join(', ');
}

function quoted(key: string): string {
  return `"${key}"`;
}
