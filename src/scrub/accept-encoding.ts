import { remembered } from '../core/remembered.js';
import { codingNamed, codings, type Coding } from './codings.js';

/** What a destination is asked for in place of what the caller asked for. */
export interface AskedCodings {
  /** The value of `Accept-Encoding` to send. */
  readonly line: string;
  /** The codings an answer may come in. */
  readonly codings: ReadonlySet<Coding>;
}

/**
 * Cuts `Accept-Encoding` (RFC 9110 section 12.5.3) to the codings that can be searched, with the caller's weights and in its
 * order. Without the field, nothing but `identity` is asked for: who does not say that it can read a coding may not be able to.
 * An element that cannot be read asks for nothing. Asking for the line that comes out gives that line again.
 */
export function askFor(accepted: readonly string[]): AskedCodings {
  return cut(accepted.join());
}

const element = /^([!#$%&'*+.^_`|~\w-]+)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;

const cut = remembered((text): AskedCodings => {
  const weights = new Map<Coding | 'identity', string>();
  let others: string | undefined;
  for (const part of text.split(',')) {
    const [, name = '', weight = '1'] = element.exec(part.trim()) ?? [];
    if (name === '*') others ??= weight;
    const coding = name.toLowerCase() === 'identity' ? 'identity' : codingNamed(name.toLowerCase());
    if (coding !== undefined && !weights.has(coding)) weights.set(coding, weight);
  }
  // `*` stands for every coding that is not named.
  if (others !== undefined) {
    for (const coding of [...codings, 'identity' as const]) {
      if (!weights.has(coding)) weights.set(coding, others);
    }
  }
  return lineOf(weights);
});

function lineOf(weights: ReadonlyMap<Coding | 'identity', string>): AskedCodings {
  const wanted = [...weights].filter(([coding, weight]) => coding === 'identity' || Number(weight) > 0);
  const line = wanted.map(([coding, weight]) => (Number(weight) === 1 ? coding : `${coding};q=${weight}`)).join(', ');
  return {
    line: line === '' ? 'identity' : line,
    codings: new Set(wanted.flatMap(([coding]) => (coding === 'identity' ? [] : [coding]))),
  };
}
