/** What was read is not HTTP/1.1 with exactly one reading. `reason` is ours: nothing of what was read. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
  readonly kind: 'syntax' | 'framing' | 'coding' | 'too-large';

  constructor(kind: Malformed['kind'], reason: string) {
    super(reason);
    this.kind = kind;
  }
}
