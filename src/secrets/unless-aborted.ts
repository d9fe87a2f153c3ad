import { Refusal } from '../core/refusal.js';

/**
 * The outcome of a promise, or a refusal as soon as the signal aborts: the signal's own reason where that is one, else
 * `caller_gone`. The promise is left to itself then: others may wait for it too.
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason instanceof Refusal ? signal.reason : new Refusal('caller_gone', { cause: signal.reason }));
    };
    signal.addEventListener('abort', abort);
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
  });
}
