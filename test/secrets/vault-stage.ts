import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { SecretEvent, Source } from '../../src/secrets/index.js';
import type { SourceContext } from '../../src/secrets/source-context.js';
import { openBackend, backendOptions, type VaultBackend } from '../../src/secrets/vault/backend.js';
import { sourceOptions } from '../../src/secrets/vault/source-options.js';
import { vaultSource } from '../../src/secrets/vault/source.js';
import { startBackend, type BackendServer } from './backend-server.js';
import { sourceContext } from './context.js';
import { FakeVault } from './fakes/vault.js';
import type { TokenTerms } from './fakes/vault-tokens.js';

/** A Vault, and a backend that is configured for it. */
export interface VaultStage {
  readonly fake: FakeVault;
  readonly server: BackendServer;
  readonly backend: VaultBackend;
  readonly events: SecretEvent[];
  readonly folder: string;
  source(options: object, name?: string): Source;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly fake?: FakeVault;
  readonly server?: BackendServer;
  readonly trust?: string;
  /** Left out: a token of the fake's in a file. */
  readonly auth?: object;
  readonly token?: TokenTerms;
  readonly options?: object;
  readonly clientCa?: string;
  readonly context?: Partial<SourceContext>;
}

export async function stageVault({ fake = new FakeVault(), ...given }: StageOptions = {}): Promise<VaultStage> {
  const { clientCa } = given;
  const server = given.server ?? (await startBackend(fake.handler, clientCa === undefined ? {} : { clientCa }));
  const folder = mkdtempSync(join(tmpdir(), 'keywright-vault-'));
  const events: SecretEvent[] = [];
  if (given.auth === undefined) writeIn(folder, 'token', fake.tokens.create(given.token).id);
  const options = z.object(backendOptions).parse({
    address: server.address,
    ca_file: given.trust ?? server.caFile,
    auth: given.auth ?? { method: 'token', token_file: 'token' },
    ...given.options,
  });
  const context = {
    folder,
    clock: fake.clock,
    onEvent: (event: SecretEvent) => void events.push(event),
    ...given.context,
  };
  const backend = openBackend(options, sourceContext({ name: 'corp', ...context }));
  return {
    fake,
    server,
    backend,
    events,
    folder,
    source: (entry, name = 'jira') =>
      vaultSource.make(z.object(sourceOptions).parse(entry) as never, {
        ...sourceContext({ name, ...context }),
        backend,
      }),
    async close() {
      await backend.close();
      if (given.server === undefined) await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** As a file that a secret is delivered in. */
export function writeIn(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), `${text}\n`, { mode: 0o600 });
}

/** A token of the store, whatever is asked of it from now on. */
export function kill(fake: FakeVault): void {
  for (const token of fake.tokens.all.values()) token.revoked = true;
}
