import type { Duplex } from 'node:stream';

/** Joins two connections, with back-pressure and half-close, until both are closed. When one breaks, so does the other. */
export async function joined(one: Duplex, other: Duplex): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      one.destroy();
      other.destroy();
      resolve();
    };
    for (const side of [one, other]) side.on('error', end).once('close', end);
    // One that is gone has told so already.
    if (one.destroyed || other.destroyed) {
      end();
      return;
    }
    one.pipe(other);
    other.pipe(one);
  });
}
