import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { createHttpClient } from '../../../src/net/client.js';
import type { Backend } from '../../../src/secrets/backend.js';
import type { FetchContext, SecretEvent, Source } from '../../../src/secrets/index.js';
import { seal } from '../../../src/secrets/seal.js';
import { workosBackend } from '../../../src/secrets/workos.js';
import type { BackendServer } from '../backend-server.js';
import { fetchContext, sourceContext } from '../context.js';

export interface MadeWorkos {
  readonly backend: Backend;
  readonly source: Source;
  readonly events: SecretEvent[];
  readonly clock: { time: number };
  close(): Promise<void>;
}

export const newValue = (): string => `s3cr3t-${randomBytes(18).toString('base64url')}`;

/** A source of WorkOS and its backend, made from what stands in the configuration. */
export function makeWorkos(
  { address, folder }: Pick<BackendServer, 'address' | 'folder'>,
  trust: string,
  secret: Record<string, unknown> & { from: 'workos' | 'workos-pipes' },
  options: Record<string, unknown> = { api_key: 'key' },
): MadeWorkos {
  const clock = { time: 0 };
  const events: SecretEvent[] = [];
  const context = sourceContext({
    folder,
    clock: { now: () => Date.now() + clock.time, elapsed: () => clock.time },
    http: createHttpClient,
    onEvent: (event) => events.push(event),
  });
  const read = (shape: z.ZodRawShape, values: object): never => z.strictObject(shape).parse(values) as never;
  const backend = workosBackend.make(read(workosBackend.options, { address, ca_file: trust, ...options }), {
    ...context,
    name: 'identity',
  });
  const { from, ...rest } = secret;
  const kind = workosBackend.sources.find(({ kind: name }) => name === from)!;
  const source = kind.make(read(kind.options, rest), { ...context, backend });
  return { backend, source, events, clock, close: () => backend.close() };
}

export function withKey(key: string, more: Partial<FetchContext> = {}): FetchContext {
  return fetchContext({ secrets: { key: seal('key', key) }, ...more });
}
