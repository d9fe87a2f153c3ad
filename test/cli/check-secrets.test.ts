import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/load.js';
import { checkSecrets, type SecretsWanted } from '../../src/cli/check-secrets.js';
import type { Finding } from '../../src/cli/finding.js';
import { startBackend, type BackendServer } from '../secrets/backend-server.js';
import { generatedSecret } from '../support/proxy.js';

const token = generatedSecret();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-check-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What is found with this secret in a file, and this injection of it. */
async function findings(
  fields: object,
  inject: string,
  more: { readonly plain?: string; readonly wanted?: SecretsWanted } = {},
) {
  writeFileSync(join(folder, 's.json'), JSON.stringify(fields), { mode: 0o600 });
  const config = parseConfig(
    [
      'version: 1',
      'clients: [{ name: desk }, { name: agents }]',
      'secrets:',
      `  s: { from: file, path: s.json, format: json, hosts: [a.example.com], plain_fields: [${more.plain ?? ''}] }`,
      'policies:',
      `  - { name: api, clients: [desk], hosts: [a.example.com], inject: [${inject}] }`,
    ].join('\n'),
    join(folder, 'keywright.yaml'),
  );
  return checkSecrets(config, {}, more.wanted);
}
const basic = '{ place: basic, username: "{s.user}", password: "{s.token}" }';
const header = '{ place: header, name: authorization, template: "Bearer {s.token}" }';
const missing = (why: unknown): Finding[] => [{ what: 'secret s', state: 'missing', why: why as string }];

describe('a secret that a policy could not use is missing', () => {
  it.each([
    [
      'without the field',
      { token, other: token },
      basic,
      'policy api (basic) needs its field "user", which is not there; it has "token", "other"',
    ],
    [
      'with a field too short',
      { token, user: 'bob' },
      basic,
      'policy api (basic) needs its field "user", which is shorter than 8 bytes, too short to be found in answers: where it is no secret, `plain_fields: [user]` says so',
    ],
    [
      'with a field that is no text',
      { token, user: 12_345_678 },
      basic,
      'policy api (basic) needs its field "user", which is not a text',
    ],
    [
      'with a line end',
      { token: `${token}\r\nx: y` },
      header,
      'policy api (header authorization) needs its field "token", which holds characters, or a space at an end, that cannot stand in a header',
    ],
    [
      'with a colon in a user name, also where only a placeholder is replaced',
      { token, user: 'user:colon' },
      basic.replace(' }', ', mode: substitute }'),
      'policy api (basic) needs its field "user", which holds a colon, which a user name cannot',
    ],
    [
      'without the field of a message',
      { user: 'somebody' },
      '{ place: ws, pointer: /d, template: "{s.token}", mode: substitute }',
      'policy api (ws /d) needs its field "token", which is not there; it has "user"',
    ],
  ])('%s', async (_, fields, inject, why) => {
    const found = await findings(fields, inject);
    expect(found).toEqual(missing(why));
    expect(JSON.stringify(found)).not.toContain(token);
  });

  it('with each thing once, and how many need it', async () => {
    const others = ['x-token', 'x-key'].map((name) => header.replace('authorization', name));
    const found = await findings({ user: 'somebody' }, [header, ...others].join(', '));
    expect(found).toEqual(
      missing(
        'policy api (header authorization) (and 2 other places) needs its field "token", which is not there; it has "user"',
      ),
    );
  });

  it('without telling names of fields that look like a key', async () => {
    const found = await findings({ ghp_0123456789abcdefghij: 'somebody' }, header);
    expect(JSON.stringify(found)).not.toContain('ghp_0123');
  });

  it('for the clients of the policy, and for nobody else', async () => {
    expect(await findings({ user: 'somebody' }, header, { wanted: { client: 'desk' } })).toMatchObject([
      { state: 'missing' },
    ]);
    expect(await findings({ user: 'somebody' }, header, { wanted: { client: 'agents' } })).toEqual([
      { what: 'secret s', state: 'there' },
    ]);
  });
});

describe('a secret that a policy can use is there', () => {
  it('with every field, and a short one that is no secret', async () => {
    expect(await findings({ token, user: 'bob' }, basic, { plain: 'user' })).toEqual([
      { what: 'secret s', state: 'there' },
    ]);
  });
});

describe('a secret that is made from others', () => {
  it('has the field of the other named that is not there, by what needs it', async () => {
    const config = parseConfig(
      [
        'version: 1',
        'secrets:',
        '  key: { from: env, name: KEY, hosts: [] }',
        '  app: { from: github-app, client_id: Iv1.a, private_key: key.pem, repositories: [acme/site], hosts: [api.github.com] }',
      ].join('\n'),
      join(folder, 'keywright.yaml'),
    );
    expect(await checkSecrets(config, { KEY: token })).toEqual([
      {
        what: 'secret key',
        state: 'missing',
        why: 'secret app needs its field "pem", which is not there; it has "value"',
      },
      { what: 'secret app', state: 'missing', why: 'the secret key is not available: its field pem is not there' },
    ]);
  });
});

describe('a secret that is not there', () => {
  it('is named once', async () => {
    const config = parseConfig('version: 1\nsecrets: { k: { from: env, name: K, hosts: [] } }\n', 'k.yaml');
    expect(await checkSecrets(config, {})).toEqual([
      { what: 'secret k', state: 'missing', why: 'the variable K is not set' },
    ]);
  });
});

describe('a secret that differs by caller', () => {
  let server: BackendServer;
  const asked: unknown[] = [];
  beforeAll(async () => {
    server = await startBackend(({ body }) => {
      asked.push(JSON.parse(body));
      const access_token = { access_token: token, expires_at: null, scopes: [], missing_scopes: [] };
      return { status: 200, body: { active: true, access_token } };
    });
  });
  afterAll(() => server.close());

  const configured = (more: readonly string[] = []) => {
    writeFileSync(join(folder, 'key'), 'sk_test_0123456789abcdef', { mode: 0o600 });
    return parseConfig(
      [
        'version: 1',
        'clients: [{ name: desk }, { name: agents }]',
        'backends:',
        `  w: { type: workos, api_key_file: ./key, address: "${server.address}", ca_file: ${JSON.stringify(server.caFile)} }`,
        '  a: { type: aws, region: eu-central-1, credentials: { from: environment } }',
        'secrets:',
        '  own: { from: sts, role_arn: "arn:aws:iam::123456789012:role/a", hosts: [a.example.com] }',
        '  fixed: { from: workos-pipes, integration: github, users: { agents: user_1 }, hosts: [a.example.com] }',
        ...more,
      ].join('\n'),
      join(folder, 'keywright.yaml'),
    );
  };

  it('is not tried without a client, but for the one client that may have it', async () => {
    const found = await checkSecrets(configured(), {});
    expect(found).toEqual([
      {
        what: 'secret own',
        state: 'untried',
        why: 'depends on the caller: not tried; --client NAME tries it as that client',
      },
      { what: 'secret fixed', state: 'there', client: 'agents' },
    ]);
    expect(asked).toEqual([{ user_id: 'user_1' }]);
  });

  it("is missing for the client that was named, where a policy would give it another's", async () => {
    const policy =
      '  - { name: api, hosts: [a.example.com], inject: [{ place: header, name: x, template: "{fixed}" }] }';
    const config = configured(['policies:', policy]);
    expect(await checkSecrets(config, {}, { client: 'desk', names: ['fixed'] })).toEqual([
      {
        what: 'secret fixed',
        state: 'missing',
        client: 'desk',
        why: 'the caller is a client for which no user is named',
      },
    ]);
    expect(await checkSecrets(config, {}, { client: 'agents', names: ['fixed'] })).toMatchObject([{ state: 'there' }]);
  });

  it('is missing for the client that was named, where that can never have it', async () => {
    const both = configured([
      '  desk: { from: workos-pipes, integration: github, users: { desk: user_2 }, hosts: [a.example.com] }',
      '  made: { from: oauth, token_url: "https://a.example.com/t", client_id: c, client_secret: fixed, grant: token_exchange, subject_token: desk, hosts: [a.example.com] }',
    ]);
    const [made] = await checkSecrets(both, {}, { client: 'desk', names: ['made'] });
    expect(made).toEqual({
      what: 'secret made',
      state: 'missing',
      client: 'desk',
      why: 'the secret fixed is not available: the caller is a client for which no user is named',
    });
    expect((await checkSecrets(both, {}, { names: ['made'] }))[0]).toMatchObject({ state: 'untried' });
  });
});
