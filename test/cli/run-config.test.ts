import { describe, expect, it } from '@jest/globals';
import type { Exchange } from '../../src/adopt/exchange.js';
import type { Binding } from '../../src/adopt/binding.js';
import { runConfig, takenVariable } from '../../src/cli/run-config.js';
import { parseConfig } from '../../src/config/load.js';
import { UsageError } from '../../src/core/usage-error.js';
import { formatHostPattern } from '../../src/policy/host-pattern.js';

function binding(secretName: string, hosts: readonly string[]): Binding {
  const inject = [{ place: 'header', name: 'authorization', template: `{${secretName}}`, mode: 'substitute' }] as const;
  return { service: 'github', services: ['github'], secretName, from: ['X'], hosts, inject, shape: 'ghp_<36 alnum>' };
}

const settings = { client: 'run', tokenSha256: 'ab'.repeat(32), registries: [], auditFolder: '/nowhere/audit' };
const policiesOf = (bindings: readonly Binding[]) =>
  runConfig(undefined, { ...settings, bindings }).policies.map(({ hosts, inject, clients }) => ({
    hosts: hosts.map(formatHostPattern),
    secrets: inject.map(({ options }) => (options as { template: string }).template),
    clients,
  }));

describe('the configuration of a run', () => {
  it('is refused where the audit goes to standard output: that is the child’s', () => {
    const user = parseConfig('version: 1\naudit: [{ type: stdout }]\n', '/etc/keywright.yaml');
    expect(() => runConfig(user, { ...settings, bindings: [] })).toThrow(UsageError);
  });

  it('has one policy for a service, for placeholders alone', () => {
    const config = runConfig(undefined, {
      ...settings,
      bindings: [binding('github', ['api.github.com', 'github.com'])],
    });
    expect(config.policies).toHaveLength(1);
    expect(config.policies[0]).toMatchObject({ name: 'github', clients: ['run'] });
    expect(config.policies[0]?.inject.map(({ mode }) => mode)).toEqual(['substitute']);
    expect(config.secrets.get('github')?.options).toEqual({ name: takenVariable('github') });
  });

  it('puts two accounts of one service into the same policy, as the first that matches decides', () => {
    expect(policiesOf([binding('one', ['api.github.com']), binding('two', ['api.github.com'])])).toEqual([
      { hosts: ['api.github.com'], secrets: ['{one}', '{two}'], clients: ['run'] },
    ]);
  });

  it('puts exact hosts before the wildcards that cover them, with the secrets of both', () => {
    expect(policiesOf([binding('wide', ['*.example.com']), binding('exact', ['api.example.com'])])).toEqual([
      { hosts: ['api.example.com'], secrets: ['{wide}', '{exact}'], clients: ['run'] },
      { hosts: ['*.example.com'], secrets: ['{wide}'], clients: ['run'] },
    ]);
  });

  it('has a CA that is good for its hosts only', () => {
    expect(
      runConfig(undefined, { ...settings, bindings: [binding('a', ['*.example.com', 'api.github.com:8443'])] }).ca,
    ).toEqual({
      mode: 'memory',
      permit: expect.arrayContaining(['example.com', 'api.github.com']) as unknown,
    });
    expect(runConfig(undefined, { ...settings, bindings: [] }).ca).toEqual({
      mode: 'memory',
      permit: ['nothing.invalid'],
    });
  });

  it('keeps what the user configured before what is generated, and the listener its own', () => {
    const user = parseConfig(
      'version: 1\nlisten: { proxy: ["127.0.0.1:8700"] }\ndeny: [{ name: no, hosts: [api.github.com], methods: [DELETE] }]\npolicies: [{ name: first, hosts: [other.example.com] }]\n',
      '/etc/keywright.yaml',
    );
    const config = runConfig(user, {
      ...settings,
      bindings: [binding('github', ['api.github.com'])],
      registries: ['packages.example.com'],
    });
    expect(config.policies.map(({ name }) => name)).toEqual(['first', 'github', 'package-registries']);
    expect(config.deny).toHaveLength(1);
    expect(config.listen.proxy).toEqual([expect.objectContaining({ host: '127.0.0.1', port: 0 })]);
  });

  it('refuses what does not go together', () => {
    const user = parseConfig(
      'version: 1\npolicies: [{ name: t, hosts: [api.github.com], action: tunnel }]\n',
      '/etc/keywright.yaml',
    );
    expect(() => runConfig(user, { ...settings, bindings: [binding('github', ['api.github.com'])] })).toThrow(
      /does not go together/,
    );
  });
});

describe('a token that the child fetches by itself', () => {
  const part = (secretName: string): Binding => ({
    ...binding(secretName, ['login.example.com']),
    ...{ inject: [], isExchanged: true },
  });
  const exchange = (secretName: string, more: Partial<Exchange> = {}): Exchange => ({
    ...{
      secretName,
      services: ['mongodb-atlas'],
      endpoint: 'https://login.example.com/token',
      clientId: 'me',
      clientAuth: 'post',
    },
    ...{ clientSecret: 'part', hosts: ['api.example.com'], shape: 'ya29.<64 base64url>' },
    inject: [{ place: 'header', name: 'authorization', template: `{${secretName}}`, mode: 'substitute' }],
    ...more,
  });

  it('is fetched by the proxy instead, and the child is answered at one path', () => {
    const exchanges = [exchange('access', { refreshToken: 'consent' })];
    const given = { ...settings, bindings: [part('part'), part('consent')], exchanges, folder: '/run-1' };
    const { secrets, policies } = runConfig(undefined, given);
    expect(secrets.get('access')).toMatchObject({ kind: { kind: 'oauth' }, placeholder: 'ya29.<64 base64url>' });
    expect(secrets.get('access')?.options).toMatchObject({
      token_url: 'https://login.example.com/token',
      client_id: 'me',
      client_auth: 'post',
      grant: 'refresh_token',
      state_file: '/run-1/access.json',
    });
    expect(policies).toMatchObject([
      { name: 'access-endpoint', clients: ['run'], paths: ['/token'], tokenEndpoint: { secret: 'access' }, inject: [] },
      { name: 'access', clients: ['run'], tokenEndpoint: undefined },
    ]);
    expect(policies[1]?.service).toBe('mongodb-atlas');
    // What is exchanged for it is no key that only signs.
    expect(secrets.get('part')?.unsafeSharedSuffix).toBe(false);
    expect(policies.map(({ hosts }) => hosts.map(formatHostPattern))).toEqual([
      ['login.example.com'],
      ['api.example.com'],
    ]);
  });

  it('may be used at the host where it comes from', () => {
    const hosts = ['login.example.com'];
    const { policies } = runConfig(undefined, {
      ...settings,
      bindings: [part('part')],
      exchanges: [exchange('access', { hosts })],
    });
    expect(policies.map(({ name }) => name)).toEqual(['access-endpoint', 'access']);
  });

  it('is told from another that is asked for at the same place by what it is asked for with', () => {
    const exchanges = [exchange('one', { refreshToken: 'consent' }), exchange('two')];
    const bindings = [part('part'), part('consent')];
    const { policies } = runConfig(undefined, { ...settings, folder: '/tmp', bindings, exchanges });
    expect(policies.flatMap(({ tokenEndpoint }) => tokenEndpoint ?? [])).toMatchObject([
      { secret: 'one', askedWith: 'consent', others: [{ secret: 'two', askedWith: 'part' }] },
    ]);
  });
});

describe('keys that sign requests', () => {
  const part = (secretName: string, inject: Binding['inject'] = []): Binding => ({
    ...binding(secretName, ['*.amazonaws.com']),
    inject,
  });
  const keys = { access_key_id: 'id', secret_access_key: 'key', session_token: 'token' };
  const sign = { sign: 'sigv4', ...keys, mode: 'substitute' } as const;

  it('may go where hosts of different owners share a suffix, as nothing but signatures does', () => {
    const { policies, secrets } = runConfig(undefined, {
      ...settings,
      bindings: [part('id', [sign]), part('key'), part('token')],
    });
    expect(policies.map(({ inject, unsafeSharedSuffix }) => [inject.length, unsafeSharedSuffix])).toEqual([[1, true]]);
    expect([...secrets.values()].map(({ unsafeSharedSuffix }) => unsafeSharedSuffix)).toEqual([true, true, true]);
  });

  it('have no policy where they sign nothing', () => {
    expect(runConfig(undefined, { ...settings, bindings: [part('key')] }).policies).toEqual([]);
  });

  it('do not take others there', () => {
    const bindings = [part('id', [sign]), part('key'), part('token'), binding('other', ['*.amazonaws.com'])];
    expect(() => runConfig(undefined, { ...settings, bindings })).toThrow(UsageError);
  });
});

describe('the policies of a run', () => {
  const everywhere = ['api.github.com', 'github.com', 'raw.githubusercontent.com'];
  const policies = (bindings: readonly Binding[], readOnly: boolean) =>
    runConfig(undefined, { ...settings, bindings, readOnly }).policies.map(({ name, hosts, service, access }) => {
      return { name, hosts: hosts.map(formatHostPattern), service, access };
    });

  it('refuse a service without a read-only list by its name, where only reading is asked for', () => {
    const linear = { ...binding('linear', ['api.linear.app']), services: ['linear'] };
    expect(() => policies([linear], true)).toThrow(
      'the program was not started: linear has no read-only list (GraphQL reads and writes at one path, by POST). Start it without its secret, or without --read-only.',
    );
    expect(policies([linear], false)).toHaveLength(1);
  });

  it('say whose they are, so that its rules on new credentials hold at an instance of one’s own too', () => {
    expect(policies([binding('github', ['git.example.com'])], false)).toEqual([
      { name: 'github', hosts: ['git.example.com'], service: 'github', access: 'all' },
    ]);
  });

  it('are for the hosts that were reviewed, where only reading is asked for', () => {
    expect(policies([binding('github', everywhere)], true)).toEqual([
      { name: 'github', hosts: ['api.github.com'], service: 'github', access: 'read-only' },
    ]);
    expect(policies([binding('github', ['git.example.com'])], true)[0]?.hosts).toEqual(['git.example.com']);
  });

  it('are one for each service that shares a secret', () => {
    const shared = { ...binding('github', ['git.example.com']), services: ['github', 'gitlab'] };
    expect(policies([shared], true).map(({ name, service }) => [name, service])).toEqual([
      ['github', 'github'],
      ['github-2', 'gitlab'],
    ]);
  });
});
