import { mistakesOfBackend } from './mistakes.js';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { infisicalBackend } from '../../src/secrets/infisical.js';
import { keepsTheContract, type Contract } from './backend-contract.js';
import { startBackend } from './backend-server.js';
import { FakeInfisical } from './fakes/infisical.js';
import { openStage } from './infisical/stage.js';

function contract(kind: 'infisical' | 'infisical-dynamic', expected: (fake: FakeInfisical) => Record<string, string>) {
  let fake = new FakeInfisical();
  return {
    start() {
      fake = new FakeInfisical();
      return startBackend(fake.handler);
    },
    make(server, trust) {
      const stage = openStage(fake, server, undefined, { trust });
      return { source: stage.source(kind), close: () => stage.close() };
    },
    expected: () => expected(fake),
    secret: () => [
      fake.clientSecret,
      ...fake.tokens.given,
      ...fake.leases.passwords,
      fake.secrets.get('/ STRIPE_KEY')!.value,
    ],
  } satisfies Contract;
}

keepsTheContract(
  'a secret of Infisical',
  contract('infisical', (fake) => ({ value: fake.secrets.get('/ STRIPE_KEY')!.value })),
);
keepsTheContract(
  'a dynamic secret of Infisical',
  contract('infisical-dynamic', () => ({})),
);

describe('the options of an Infisical', () => {
  const options = z.strictObject(infisicalBackend.options);
  const why = (auth: object): string[] => mistakesOfBackend({ type: 'infisical', auth });

  it.each([
    [
      'a client secret from nowhere',
      { method: 'universal', client_id: 'a' },
      /^found neither "client_secret_file" nor "client_secret"/,
    ],
    [
      'a client secret from two places',
      { method: 'universal', client_id: 'a', client_secret: 'b', client_secret_file: 'c' },
      /^found "client_secret" beside "client_secret_file"/,
    ],
    ['a token from nowhere', { method: 'oidc', identity_id: 'a' }, /^found neither "jwt_file" nor "jwt"/],
    [
      'half a key',
      { method: 'aws', identity_id: 'a', region: 'eu-west-1', access_key_id: 'b' },
      /^found "access_key_id" without/,
    ],
    [
      'a session token without keys',
      { method: 'aws', identity_id: 'a', region: 'eu-west-1', session_token: 'b' },
      /^found "session_token", which is of access_key_id/,
    ],
    [
      'a region that names another host',
      { method: 'aws', identity_id: 'a', region: 'x.evil/' },
      /^found "x.evil\/"; allowed is a region/,
    ],
    ['an unknown method', { method: 'ldap' }, /^found "ldap"; allowed is one of universal, /],
    [
      'an unknown key',
      { method: 'kubernetes', identity_id: 'a', jwt: 'b' },
      /^found the unknown key "jwt"; the nearest known one is "jwt_file"; known are method, identity_id, jwt_file$/,
    ],
  ])('refuse %s', (_, auth, message) => {
    expect(why(auth)).toEqual([expect.stringMatching(message)]);
  });

  it('take the hosted one and the place of Kubernetes where nothing is said', () => {
    expect(options.parse({ auth: { method: 'kubernetes', identity_id: 'a' } })).toMatchObject({
      address: 'https://app.infisical.com',
      auth: { jwt_file: '/var/run/secrets/kubernetes.io/serviceaccount/token' },
    });
  });

  it('describe each of themselves', () => {
    const described = Object.values(infisicalBackend.options) as { description?: string }[];
    expect(described.map(({ description = '' }) => description).filter((text) => !/\.$/.test(text))).toEqual([]);
  });
});
