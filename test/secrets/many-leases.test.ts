import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/load.js';
import { systemClock } from '../../src/core/clock.js';
import { openSecrets } from '../../src/secret-sources.js';
import type { SecretEvent } from '../../src/secrets/index.js';
import { startBackend, type BackendServer } from './backend-server.js';
import { FakeVault } from './fakes/vault.js';
import { writeIn } from './vault-stage.js';

/** Two thousand take 4 seconds where each is answered in 3 ms. */
const count = 60;
let fake: FakeVault;
let server: BackendServer;
/** How long an answer to a revocation takes, milliseconds; undefined: for ever. */
let slowness: number | undefined;
let atOnce = { now: 0, most: 0 };

beforeEach(async () => {
  fake = new FakeVault();
  slowness = 0;
  atOnce = { now: 0, most: 0 };
  server = await startBackend(async (request) => {
    if (request.path !== '/v1/sys/leases/revoke') return fake.handler(request);
    atOnce.now += 1;
    atOnce.most = Math.max(atOnce.most, atOnce.now);
    if (slowness === undefined) await new Promise(() => undefined);
    if (slowness !== 0) await delay(slowness);
    atOnce.now -= 1;
    return fake.handler(request);
  });
  writeIn(server.folder, 'token', fake.tokens.create().id);
});
afterEach(() => server.close());

async function held(timeout: string) {
  const names = Array.from({ length: count }, (_, index) => `s${String(index)}`);
  const config = parseConfig(
    `version: 1
backends:
  corp: { type: vault, address: "${server.address}", ca_file: "${server.caFile}", auth: { method: token, token_file: ${server.folder}/token } }
secrets:
${names.map((name) => `  ${name}: { from: vault, path: database/creds/${name}, hosts: [] }`).join('\n')}
limits: { secret_timeout: ${timeout} }`,
    '/etc/k/k.yaml',
  );
  const events: SecretEvent[] = [];
  const onEvent = (event: SecretEvent): void => void events.push(event);
  const { secrets } = openSecrets(config, { environment: {}, clock: systemClock, onEvent });
  const leases = await Promise.all(names.map(async (name) => (await secrets.acquire(name, { client: 'desk' })).lease));
  const told = (event: SecretEvent['event']) => events.flatMap((one) => (one.event === event ? [one.lease] : []));
  return { secrets, leases: new Set(leases), told };
}

describe('many leases at the end', () => {
  it('all go back where Vault answers, a few at a time', async () => {
    slowness = 3;
    const { secrets, leases, told } = await held('30s');
    await secrets.close();
    expect([new Set(told('revoked')), told('revoked').length, told('unrevoked')]).toEqual([leases, count, []]);
    expect([...fake.engines.leases.values()].filter((lease) => !lease.revoked)).toEqual([]);
    expect(atOnce.most).toBe(6);
  });

  it('are told to be unrevoked, each once, where it does not, in the time of one of them', async () => {
    const { secrets, leases, told } = await held('2s');
    slowness = undefined;
    const begin = performance.now();
    await secrets.close();
    expect(performance.now() - begin).toBeLessThan(3500);
    expect([new Set(told('unrevoked')), told('unrevoked').length, told('revoked')]).toEqual([leases, count, []]);
  });
});
