import { z } from 'zod';
import { awsBackend } from '../../../src/secrets/aws.js';
import type { AwsBackend } from '../../../src/secrets/aws/connection.js';
import type { SecretEvent } from '../../../src/secrets/event.js';
import type { Source } from '../../../src/secrets/index.js';
import type { CommonContext } from '../../../src/secrets/source-context.js';
import { systemClock } from '../../../src/core/clock.js';
import { startBackend, type BackendServer } from '../backend-server.js';
import { sourceContext } from '../context.js';
import { fakeAws, type FakeAws } from '../fakes/aws.js';

export interface OpenAws {
  readonly aws: FakeAws;
  readonly server: BackendServer;
  readonly backend: AwsBackend;
  readonly events: SecretEvent[];
  /** Options as the file has them. */
  readonly source: (kind: 'aws' | 'sts', options: object) => Source;
  close(): Promise<void>;
}

/** The environment that lets the fake's user in. */
export function environmentOf({ user }: Pick<FakeAws, 'user'>): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: user.id, AWS_SECRET_ACCESS_KEY: user.secret };
}

/** A fake AWS on a real server, and a backend that reads from it. `more`: beside region, endpoints and CA. */
export async function openAws(
  more: object = {},
  context: Partial<CommonContext> = {},
  aws: FakeAws = fakeAws(),
): Promise<OpenAws> {
  const server = await startBackend(aws.handler);
  const events: SecretEvent[] = [];
  const whole = {
    environment: environmentOf(aws),
    clock: systemClock,
    onEvent: (event: SecretEvent) => void events.push(event),
    ...context,
    name: 'cloud',
  };
  const backend = backendOf({ ...placeOf(server), region: aws.region, ...more }, whole);
  return {
    aws,
    server,
    backend,
    events,
    source: (kind, options) => sourceOf(backend, kind, options, whole),
    async close() {
      await backend.close();
      await server.close();
    },
  };
}

export function placeOf(server: BackendServer, trust = server.caFile): object {
  return { endpoint: server.address, sts_endpoint: server.address, ca_file: trust };
}

export function backendOf(options: object, context: Partial<CommonContext>): AwsBackend {
  const { options: shape, make } = awsBackend;
  const parsed = z.strictObject(shape).parse({ credentials: { from: 'environment' }, ...options });
  return make(parsed as never, sourceContext(context)) as AwsBackend;
}

export function sourceOf(
  backend: AwsBackend,
  kind: 'aws' | 'sts',
  options: object,
  context: Partial<CommonContext>,
): Source {
  const { options: shape, make } = awsBackend.sources.find((source) => source.kind === kind)!;
  return make(z.strictObject(shape).parse(options) as never, sourceContext({ ...context, backend, name: 'key' }));
}
