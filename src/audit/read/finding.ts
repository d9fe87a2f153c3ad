/**
 * What verifying finds. Signs of tampering: `altered`, `removed`, `inserted`, `reordered`, `truncated` (lines are gone from the end),
 * `forged` (a checkpoint or header that the key did not sign), `headless`, `missing` (a whole file), `repeated` and `unmatched` (a
 * second `use` or `end`, an `end` without its `use`). No sign of it, told all the same: `torn` (an interrupted write),
 * `unfinished` (a `use` that the end of its process cut off), `open` (a `use` of a process that is still running),
 * `unsigned` (no checkpoint comes after these lines: asked for by who names a key, as whoever can write could have made them up),
 * `earlier` (the file before the oldest is not here: removed in its time, or else; only heads kept elsewhere can tell).
 */
export type FindingKind =
  | 'altered'
  | 'removed'
  | 'inserted'
  | 'reordered'
  | 'truncated'
  | 'forged'
  | 'headless'
  | 'missing'
  | 'repeated'
  | 'unmatched'
  | 'torn'
  | 'unfinished'
  | 'open'
  | 'unsigned'
  | 'earlier';

export interface Finding {
  readonly kind: FindingKind;
  /** The file's name; as untrusted as what stands in it. */
  readonly file: string;
  /** From 1; undefined where it is about the file. */
  readonly line?: number;
  readonly what: string;
}

const harmless: ReadonlySet<FindingKind> = new Set(['torn', 'unfinished', 'open', 'unsigned', 'earlier']);

/** Whether it tells of tampering; an interrupted process leaves the others behind. */
export function isSuspicious({ kind }: Finding): boolean {
  return !harmless.has(kind);
}
