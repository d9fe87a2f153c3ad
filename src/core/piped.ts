import type { Readable, Transform } from 'node:stream';

/**
 * The body as it comes out of a transform, which may end it with an error: the body itself is then left unread, so that a refusal can
 * still be answered on its connection. Ends with the error of the body, or with it where it ends too early.
 */
export function piped<Through extends Transform>(body: Readable, through: Through): Through {
  // It is told to whoever reads it; where nobody does yet, it must not end the process.
  through.on('error', () => undefined);
  if (body.readableEnded) return through.end();
  // It has been told already, to nobody.
  if (body.destroyed) return through.destroy(body.errored ?? undefined);
  body.once('error', (error) => through.destroy(error));
  body.once('close', () => {
    if (!body.readableEnded) through.destroy();
  });
  return body.pipe(through);
}
