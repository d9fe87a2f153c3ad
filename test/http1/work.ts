/** Bytes that were searched, copied or made text of while this ran: the same on every machine, unlike a time. */
export function bytesTouched(run: () => void): number {
  let touched = 0;
  const restore: (() => void)[] = [];
  const watch = (
    owner: object,
    name: string,
    cost: (self: Buffer, args: unknown[], result: unknown) => number,
  ): void => {
    const original = Reflect.get(owner, name) as (...args: unknown[]) => unknown;
    Reflect.set(owner, name, function (this: Buffer, ...args: unknown[]) {
      const result = Reflect.apply(original, this, args);
      touched += cost(this, args, result);
      return result;
    });
    restore.push(() => Reflect.set(owner, name, original));
  };
  const resultLength = (_: Buffer, __: unknown[], result: unknown): number => (result as { length: number }).length;
  const prototype = Buffer.prototype as object;
  watch(Buffer, 'concat', resultLength);
  watch(prototype, 'toString', resultLength);
  watch(prototype, 'copy', (_, __, result) => result as number);
  watch(prototype, 'indexOf', (self, [, from = 0], found) =>
    found === -1 ? self.length - Number(from) : Number(found) - Number(from) + 1,
  );
  try {
    run();
  } finally {
    for (const undo of restore) undo();
  }
  return touched;
}
