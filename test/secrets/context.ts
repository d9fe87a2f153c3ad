import type { FetchContext } from '../../src/secrets/index.js';
import { createHttpClient } from '../../src/net/client.js';
import type { Sealed } from '../../src/core/sealed.js';
import type { SourceContext } from '../../src/secrets/source-context.js';
import { Refusal } from '../../src/core/refusal.js';
import { unavailable } from '../../src/secrets/unavailable.js';

/** Ten minutes after any file that a test has just written, so that its times are taken at their word. */
export function sourceContext(context: Partial<SourceContext> = {}): SourceContext {
  const later = { now: () => Date.now() + 600_000, elapsed: () => 0 };
  return {
    name: 'github',
    environment: {},
    folder: '/nowhere',
    clock: later,
    backend: undefined,
    http: createHttpClient,
    onEvent: () => undefined,
    ...context,
  };
}

/** `secrets` are those that a source may be made from, by `name` or `name.field`. */
export function fetchContext(more: Partial<FetchContext> & { secrets?: Record<string, Sealed> } = {}): FetchContext {
  const { secrets = {}, ...rest } = more;
  return {
    caller: { client: 'desk' },
    signal: new AbortController().signal,
    secret: (reference) => {
      const sealed = secrets[reference.toString()];
      return sealed === undefined
        ? Promise.reject(unavailable(reference.name, 'a test has none'))
        : Promise.resolve(sealed);
    },
    ...rest,
  };
}

/** Why a promise was refused with `secret_unavailable`: the cause's message. */
export async function whyUnavailable(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'secret_unavailable') throw error;
    return error.cause instanceof Error ? error.cause.message : '';
  }
  throw new TypeError('was not refused');
}
