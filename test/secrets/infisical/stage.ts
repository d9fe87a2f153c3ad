import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Backend } from '../../../src/secrets/backend.js';
import type { SecretEvent, Source } from '../../../src/secrets/index.js';
import { infisicalBackend } from '../../../src/secrets/infisical.js';
import type { CommonContext } from '../../../src/secrets/source-context.js';
import { startBackend, type BackendServer } from '../backend-server.js';
import { sourceContext } from '../context.js';
import { FakeInfisical } from '../fakes/infisical.js';

type Options = Readonly<Record<string, unknown>>;

/** One Infisical, and one way to it. */
export interface Stage {
  readonly fake: FakeInfisical;
  readonly server: BackendServer;
  readonly backend: Backend;
  readonly events: SecretEvent[];
  /** Of the configuration. */
  readonly folder: string;
  /** A source of it, as configured. */
  source(kind: 'infisical' | 'infisical-dynamic', options?: Options): Source;
  close(): Promise<void>;
}

/** Options as the configuration has them, read. */
export function read(shape: z.ZodRawShape, options: Options): never {
  return z.strictObject(shape).parse(options) as never;
}

type AuthOf = (fake: FakeInfisical, folder: string) => Options;

/** A login by client secret, from a file in the folder of the configuration. */
export function universalAuth(fake: FakeInfisical, folder: string): Options {
  writeFileSync(join(folder, 'client-secret'), `${fake.clientSecret}\n`, { mode: 0o600 });
  return { method: 'universal', client_id: fake.clientId, client_secret_file: 'client-secret' };
}

export async function startStage(auth: AuthOf = universalAuth, context: Partial<CommonContext> = {}): Promise<Stage> {
  const fake = new FakeInfisical();
  return openStage(fake, await startBackend(fake.handler), auth, context);
}

/** `trust`: a file of the CA to trust, where it is not the server's. */
export function openStage(
  fake: FakeInfisical,
  server: BackendServer,
  auth: AuthOf = universalAuth,
  context: Partial<CommonContext> & { readonly trust?: string } = {},
): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-infisical-'));
  const events: SecretEvent[] = [];
  const { trust = server.caFile, ...rest } = context;
  const { clock } = fake;
  const common = {
    ...sourceContext({ folder, clock, onEvent: (event) => events.push(event) }),
    ...rest,
  };
  const options = read(infisicalBackend.options, { address: server.address, ca_file: trust, auth: auth(fake, folder) });
  const backend = infisicalBackend.make(options, { ...common, name: 'team' });
  const defaults = {
    infisical: { project_id: fake.projectId, environment: 'prod', secret: 'STRIPE_KEY' },
    'infisical-dynamic': { project_slug: 'acme', environment: 'prod', path: '/db', dynamic_secret: 'reporting' },
  };
  return {
    fake,
    server,
    backend,
    events,
    folder,
    source(kind, more = {}) {
      const source = infisicalBackend.sources.find((one) => one.kind === kind)!;
      return source.make(read(source.options, { ...defaults[kind], ...more }), { ...common, name: 'stripe', backend });
    },
    async close() {
      await backend.close();
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export const generated = (): string => randomBytes(24).toString('base64url');
