import { expect, it } from '@jest/globals';
import { vaultBackend } from '../../src/secrets/vault.js';
import { keepsTheContract } from './backend-contract.js';
import { startBackend } from './backend-server.js';
import { FakeVault } from './fakes/vault.js';
import { random } from './fakes/vault-engines.js';
import { stageVault } from './vault-stage.js';

const password = random();
let fake: FakeVault;
let token = '';

async function start() {
  fake = new FakeVault();
  fake.engines.write('kv/jira', { password, username: 'reader-of-jira' });
  const role = { roleId: 'role-of-ci', secretIds: new Map([['secret-id-of-ci-0', 1000]]) };
  fake.logins.appRoles.set('ci', role);
  return startBackend(fake.handler);
}

keepsTheContract('vault by token, KV', {
  start,
  make: async (server, trust) => {
    const stage = await stageVault({ fake, server, trust });
    token = [...fake.tokens.all.keys()].at(-1) ?? '';
    return { source: stage.source({ path: 'kv/data/jira' }), close: () => stage.close() };
  },
  expected: () => ({ password }),
  secret: () => [password, token],
});

keepsTheContract('vault by token, a lease', {
  start,
  make: async (server, trust) => {
    const stage = await stageVault({ fake, server, trust });
    return { source: stage.source({ path: 'database/creds/reader' }), close: () => stage.close() };
  },
  expected: () => ({}),
  secret: () => [...fake.tokens.all.keys()],
});

it('is a backend with one kind of source, and says what it has to be granted', () => {
  expect(vaultBackend).toMatchObject({ kind: 'vault', sources: [{ kind: 'vault', of: 'vault' }] });
  expect(vaultBackend.grants).toBeDefined();
});
