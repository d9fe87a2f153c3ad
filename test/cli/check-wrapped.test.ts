import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { ended, startRun } from '../support/run.js';
import { startBackend } from '../secrets/backend-server.js';
import { FakeVault } from '../secrets/fakes/vault.js';
import { writeIn } from '../secrets/vault-stage.js';
import { say } from './terminal.js';

it('check leaves a wrapping token as it is, and says what it has not checked', async () => {
  const fake = new FakeVault();
  const server = await startBackend(fake.handler);
  const { folder, address, caFile } = server;
  const config = join(folder, 'keywright.yaml');
  const wrapping = fake.tokens.wrap('auth/approle/role/ci/secret-id', { secret_id: 'x' });
  writeIn(folder, 'wrapped', wrapping);
  const auth = '{ method: approle, role_id: r, role_name: ci, wrapped_secret_id_file: wrapped }';
  const yaml = `version: 1
clients: [{ name: desk }]
backends: { corp: { type: vault, address: "${address}", ca_file: "${caFile}", auth: ${auth} } }
secrets: { jira: { from: vault, path: kv/data/jira, hosts: [a.example.com] } }
`;
  writeFileSync(config, yaml, { mode: 0o600 });
  const { code, out } = await say(['check', '--config', config], folder);
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/untried secret jira: the wrapping token in .*It opens once, so the login was not tried: .*/),
  ]);
  expect(fake.tokens.wrapping(wrapping)).toBeDefined();
  const { out: json } = await say(['check', '--json', '--config', config], folder);
  expect(JSON.parse(json)).toMatchObject({ ok: true, findings: [{ what: 'secret jira', state: 'untried' }] });
  fake.tokens.wrapped.clear();
  const used = await say(['check', '--config', config], folder);
  expect([used.code, used.out]).toEqual([
    1,
    expect.stringContaining('or a Keywright that runs here has opened it, which is then as it should be'),
  ]);
  await server.close();
});

it('run starts the program where a secret opens once, says that it was not tried, and leaves it for the first request', async () => {
  const fake = new FakeVault();
  const server = await startBackend(fake.handler);
  const { folder, address, caFile } = server;
  const config = join(folder, 'keywright.yaml');
  const wrapping = fake.tokens.wrap('auth/approle/role/ci/secret-id', { secret_id: 'x' });
  writeIn(folder, 'wrapped', wrapping);
  const auth = '{ method: approle, role_id: r, role_name: ci, wrapped_secret_id_file: wrapped }';
  const yaml = `version: 1
backends: { corp: { type: vault, address: "${address}", ca_file: "${caFile}", auth: ${auth} } }
secrets: { jira: { from: vault, path: kv/data/jira, hosts: [a.example.com] } }
policies: [{ name: p, hosts: [a.example.com], inject: [{ place: header, name: x-key, template: "{jira.password}" }] }]
`;
  writeFileSync(config, yaml, { mode: 0o600 });
  const started = await ended(startRun(['echo', 'started'], { config, folder }));
  expect(started).toMatchObject({ code: 0, stdout: 'started\n' });
  expect(started.stderr).toMatch(/^keywright: not tried: secret jira: the wrapping token in .*It opens once/m);
  expect(fake.tokens.wrapping(wrapping)).toBeDefined();
  fake.tokens.wrapped.clear();
  expect(await ended(startRun(['echo', 'started'], { config, folder }))).toMatchObject({ code: 1, stdout: '' });
  await server.close();
});
