import type { FetchContext } from '../../src/secrets/index.js';
import type { SourceContext } from '../../src/secrets/source-context.js';
import { Refusal } from '../../src/core/refusal.js';

/** Ten minutes after any file that a test has just written, so that its times are taken at their word. */
export function sourceContext(context: Partial<SourceContext> = {}): SourceContext {
  const later = { now: () => Date.now() + 600_000, elapsed: () => 0 };
  return { name: 'github', environment: {}, folder: '/nowhere', clock: later, ...context };
}

export function fetchContext(): FetchContext {
  return { caller: { client: 'desk' }, signal: new AbortController().signal };
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
