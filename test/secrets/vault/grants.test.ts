import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { backendOptions } from '../../../src/secrets/vault/backend.js';
import { policyFor } from '../../../src/secrets/vault/grants.js';
import { sourceOptions } from '../../../src/secrets/vault/source-options.js';
import { fetchContext } from '../context.js';
import { FakeVault } from '../fakes/vault.js';
import { policyFrom } from '../fakes/vault-policy.js';
import { stageVault, writeIn, type VaultStage } from '../vault-stage.js';

/** Every kind of path that there is. */
const secrets: Readonly<Record<string, object>> = {
  jira: { path: 'kv/data/jira' },
  jira_too: { path: 'kv/jira', kv_version: 2 },
  nested: { path: 'team/kv/data/a b"c' },
  old: { path: 'old/jira', kv_version: 1 },
  reader: { path: 'database/creds/reader' },
  fixed: { path: 'database/static-creds/reader' },
  deploy: { path: 'aws/sts/deploy' },
  told: { path: 'aws/sts/told', method: 'write' },
  cloud: { path: 'gcp/roleset/ci/token' },
  web: { path: 'pki/issue/web', method: 'write', parameters: { common_name: 'a.example.com' } },
};

const token = { method: 'token', token_file: 'token' };
const approle = { method: 'approle', role_id: 'role-of-ci' };

function policy(auth: object, of = secrets, more: object = {}): string {
  const options = z.object(backendOptions).parse({ address: 'https://vault.example.com:8200', auth, ...more });
  const uses = Object.entries(of).map(([name, entry]) => ({
    name,
    kind: 'vault',
    options: z.object(sourceOptions).parse(entry),
  }));
  return policyFor(options, uses);
}

/** All that is done with these secrets, by a token with this policy. Rejects where any of it is not permitted. */
async function live(hcl: string, auth: object): Promise<void> {
  const fake = new FakeVault();
  const terms = { policy: policyFrom(hcl), ttl: 600 };
  for (const path of ['kv/jira', 'team/kv/a b"c']) fake.engines.write(path, { password: 'of-the-secret' });
  fake.engines.kv1.set('jira', { password: 'of-the-secret' });
  fake.logins.appRoles.set('ci', { roleId: 'role-of-ci', secretIds: new Map(), bindSecretId: false, ...terms });
  const stage: VaultStage = await stageVault({ fake, auth });
  try {
    writeIn(stage.folder, 'token', fake.tokens.create(terms).id);
    const sources = Object.entries(secrets).map(([name, entry]) => stage.source(entry, name));
    const fetched = await Promise.all(sources.map((source) => source.fetch(fetchContext())));
    fake.pass(450);
    await Promise.all(sources.map((source) => source.fetch(fetchContext())));
    const signal = AbortSignal.timeout(5000);
    for (const { lease } of fetched) {
      await lease?.renew?.(signal);
      await lease?.revoke?.(signal);
    }
    // By now it lives on its renewal.
    fake.pass(200);
    await stage.source(secrets['jira'] ?? {}).fetch(fetchContext());
    await expect(stage.source({ path: 'kv/data/not-granted' }).fetch(fetchContext())).rejects.toMatchObject({
      cause: { kind: 'denied' },
    });
    await stage.backend.close();
    // What is not permitted here is made up for by another login, or is told and goes on.
    const events = stage.events.map(({ event }) => event);
    expect(events).toEqual(auth === token ? ['login'] : ['login', 'revoked']);
  } finally {
    await stage.close();
  }
}

describe.each([
  ['a token of somebody else', token],
  ['a login by AppRole', approle],
])('the policy for %s', (_, auth) => {
  const blocks =
    policy(auth)
      .split(/\n(?=#|path)/)
      .join('\n')
      .match(/path "[^\n]*" \{\n.*\n\}/g) ?? [];

  it('is enough for all that is done', async () => {
    await live(policy(auth), auth);
  });

  it.each(blocks)('lacks something without %s', async (block) => {
    const all = policy(auth);
    const less = all.replace(block, '');
    expect(less).not.toBe(all);
    await expect(live(less, auth)).rejects.toBeDefined();
  });
});

describe('a policy', () => {
  it('is this for one secret, its comments naming what each rule is for', () => {
    expect(policy(approle, { jira: { path: 'kv/data/jira' } }, { namespace: 'team-a' }))
      .toBe(`# What Keywright needs for this secret, in the namespace team-a. The rules for auth/token are in Vault's policy "default" too.

# the secret jira
path "kv/data/jira" {
  capabilities = ["read"]
}

# whether a refusal is about the token or about a path
path "auth/token/lookup-self" {
  capabilities = ["read"]
}

# the token is renewed while it is used
path "auth/token/renew-self" {
  capabilities = ["update"]
}

# the token is given back at the end
path "auth/token/revoke-self" {
  capabilities = ["update"]
}
`);
  });

  it('has one block for a path that two secrets use, as the last of several would be the only one', () => {
    const hcl = policy(token, { a: { path: 'aws/sts/x' }, b: { path: 'aws/sts/x', method: 'write' } });
    expect(hcl).toContain('# the secret a\n# the secret b\npath "aws/sts/x" {\n  capabilities = ["read", "update"]\n}');
  });

  it('says what to write where it cannot tell which version of KV there is', () => {
    const hcl = policy(token, { jira: { path: 'kv/jira' } });
    expect(hcl).toContain(
      '# the secret jira\npath "kv/jira" {\n  capabilities = ["read"]\n}\n# The rule above is for kv/',
    );
    expect(hcl).toContain('\n# path "kv/data/jira" {\n#   capabilities = ["read"]\n# }\n\n');
    // The other rule is there to read, not in force: it could be one path too many.
    expect(hcl).not.toMatch(/^path "kv\/data/m);
    expect(hcl).not.toContain('sys/leases');
    expect(policy(token, { jira: { path: 'kv/jira', kv_version: 1 } })).not.toContain('The rule above');
    expect(policy(token, { jira: { path: 'kv/jira', kv_version: 2 } })).not.toContain('The rule above');
  });

  it('does not renew what AWS does not', () => {
    const hcl = policy(token, { deploy: { path: 'aws/sts/deploy' } });
    expect(hcl).toContain('sys/leases/revoke');
    expect(hcl).not.toContain('sys/leases/renew');
  });
});
