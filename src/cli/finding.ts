/** One thing that `keywright check` looked for. */
export interface Finding {
  readonly what: string;
  /** `untried`: nobody was there for whom it could be had, or having it would have used it up. */
  readonly state: 'there' | 'missing' | 'untried';
  /** The client it was asked for, where it differs by caller. */
  readonly client?: string;
  /** Where it was looked for and what was wrong; never a value. */
  readonly why?: string;
}

const labels = { there: 'there  ', missing: 'MISSING', untried: 'untried' } as const;

export function findingLine({ what, state, client, why }: Finding): string {
  const whose = client === undefined ? '' : ` (as client ${client})`;
  return `  ${labels[state]} ${what}${whose}${why === undefined ? '' : `: ${why}`}`;
}

/** With `ok` for what was tried. */
export function findingJson({ state, ...rest }: Finding): object {
  return { ...rest, state, ...(state === 'untried' ? {} : { ok: state === 'there' }) };
}
