/** A mistake of the person at the command line or in a file of theirs: printed as one sentence, exit code 2, nothing started. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

/** Something needed is missing or refused, though the usage is right: printed as one sentence, exit code 1. */
export class MissingError extends Error {
  override readonly name: string = 'MissingError';
}
