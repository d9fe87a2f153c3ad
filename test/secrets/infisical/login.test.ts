import { randomBytes } from 'node:crypto';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '../../../src/core/refusal.js';
import type { Sealed } from '../../../src/core/sealed.js';
import type { FetchContext } from '../../../src/secrets/index.js';
import { reveal, seal } from '../../../src/secrets/seal.js';
import { unavailable, type Unavailability } from '../../../src/secrets/unavailable.js';
import { fetchContext } from '../context.js';
import { generated, startStage, type Stage } from './stage.js';

let stage: Stage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

const put = (folder: string, text: string, mode = 0o600): void =>
  writeFileSync(join(folder, 'jwt'), `${text}\n`, { mode });

async function valueOf(of: Stage, context: Partial<FetchContext> & { secrets?: Record<string, Sealed> } = {}) {
  return reveal((await of.source('infisical').fetch(fetchContext(context))).fields['value']!);
}

async function causeOf(fetching: Promise<unknown>): Promise<Unavailability> {
  const error: unknown = await fetching.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Refusal)) throw new TypeError('was not refused', { cause: error });
  return error.cause as Unavailability;
}

const stripe = ({ fake }: Stage): string => fake.secrets.get('/ STRIPE_KEY')!.value;

describe('a login by a token in a file', () => {
  it.each(['kubernetes', 'oidc', 'jwt'])('reads it anew each time: %s', async (method) => {
    stage = await startStage((fake, folder) => {
      put(folder, fake.jwt);
      return { method, identity_id: fake.identityId, jwt_file: 'jwt' };
    });
    expect(await valueOf(stage)).toBe(stripe(stage));
    Object.assign(stage.fake, { jwt: `eyJ${generated()}` });
    put(stage.folder, stage.fake.jwt);
    stage.fake.tokens.revokeAll();
    expect(await valueOf(stage)).toBe(stripe(stage));
    expect(stage.fake.logins).toBe(2);
  });

  it.each(['kubernetes', 'oidc', 'jwt'])('that is refused is not tried again for a minute: %s', async (method) => {
    const token = generated();
    stage = await startStage((fake, folder) => {
      put(folder, token);
      return { method, identity_id: fake.identityId, jwt_file: 'jwt' };
    });
    const cause = await causeOf(valueOf(stage));
    expect(cause).toMatchObject({ kind: 'login', retryAfter: 60_000 });
    expect(inspect(cause, { depth: 9 })).not.toContain(token);
    await causeOf(valueOf(stage));
    expect(stage.server.requests).toHaveLength(1);
  });

  it('is not made with a file that others may write, or that is not there; nothing is sent', async () => {
    stage = await startStage((fake, folder) => {
      put(folder, fake.jwt, 0o620);
      return { method: 'jwt', identity_id: fake.identityId, jwt_file: 'jwt' };
    });
    // What is created has what the process may give away taken from its mode.
    chmodSync(join(stage.folder, 'jwt'), 0o620);
    expect((await causeOf(valueOf(stage))).message).toBe(
      `the secret team (jwt_file) is not available: the file ${join(stage.folder, 'jwt')} can be written by others than its owner: chmod go-w`,
    );
    rmSync(join(stage.folder, 'jwt'));
    expect(await causeOf(valueOf(stage))).toMatchObject({ kind: 'missing' });
    expect(stage.server.requests).toEqual([]);
    expect(stage.events.map(({ event }) => event)).toEqual(['login_failed', 'login_failed']);
  });
});

describe('a login by another secret', () => {
  it('takes it there only where it may go', async () => {
    stage = await startStage((fake) => ({ method: 'oidc', identity_id: fake.identityId, jwt: 'idp.token' }));
    const { fake, server } = stage;
    const asked: unknown[] = [];
    const secret: FetchContext['secret'] = (reference, to) => {
      asked.push([reference.toString(), to]);
      return Promise.resolve(seal('idp', fake.jwt));
    };
    expect(await valueOf(stage, { secret })).toBe(stripe(stage));
    expect(asked).toEqual([['idp.token', `localhost:${server.port}`]]);
  });

  it('fails as that one does, and sends nothing', async () => {
    stage = await startStage((fake) => ({ method: 'universal', client_id: fake.clientId, client_secret: 'idp' }));
    const secret = () => Promise.reject(unavailable('idp', 'it is not among its hosts', 'denied'));
    const cause = await causeOf(valueOf(stage, { secret }));
    expect(cause).toMatchObject({ kind: 'denied' });
    expect(cause.message).toBe('the secret idp is not available: it is not among its hosts');
    expect(stage.server.requests).toEqual([]);
  });
});

describe('a login by AWS', () => {
  const id = `AKIA${randomBytes(8).toString('hex').toUpperCase()}`;
  const secret = randomBytes(30).toString('base64');
  const token = randomBytes(60).toString('base64');
  const aws = { method: 'aws', region: 'eu-central-1' };
  const withKeys = (environment: Record<string, string>, known: { secret: string; token?: string } = { secret }) =>
    startStage(
      (fake) => {
        fake.awsKeys.set(id, known);
        return { ...aws, identity_id: fake.identityId };
      },
      { environment },
    );

  it('signs as AWS wants it, with the keys of the environment', async () => {
    stage = await withKeys({ AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret });
    expect(await valueOf(stage)).toBe(stripe(stage));
    expect(stage.fake.awsSigner).toBe(id);
    const [login] = stage.server.requests;
    expect(login!.body).not.toContain(secret);
    expect(login!.path).toBe('/api/v1/auth/aws-auth/login');
  });

  it('signs the session token of temporary keys too', async () => {
    const environment = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token };
    stage = await withKeys(environment, { secret, token });
    expect(await valueOf(stage)).toBe(stripe(stage));
  });

  it('signs with other secrets, of which only the session token leaves', async () => {
    stage = await startStage((fake) => {
      fake.awsKeys.set(id, { secret, token });
      const keys = { access_key_id: 'k.id', secret_access_key: 'k.key', session_token: 'k.token' };
      return { ...aws, ...keys, identity_id: fake.identityId };
    });
    const asked: unknown[] = [];
    const values: Record<string, string> = { 'k.id': id, 'k.key': secret, 'k.token': token };
    const give: FetchContext['secret'] = (reference, to) => {
      asked.push([reference.toString(), to]);
      return Promise.resolve(seal('k', values[reference.toString()]!));
    };
    expect(await valueOf(stage, { secret: give })).toBe(stripe(stage));
    const there = `localhost:${stage.server.port}`;
    expect(asked).toEqual([
      ['k.id', undefined],
      ['k.key', undefined],
      ['k.token', there],
    ]);
  });

  it('is refused with another key, and where the clock is wrong by more than AWS allows', async () => {
    const environment = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: 'another-key-of-this-test' };
    stage = await withKeys(environment);
    expect(await causeOf(valueOf(stage))).toMatchObject({ kind: 'login' });
    await stage.close();
    stage = await withKeys({ AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret });
    stage.fake.skew = 16 * 60_000;
    expect(await causeOf(valueOf(stage))).toMatchObject({ kind: 'login' });
  });

  it.each([{}, { AWS_ACCESS_KEY_ID: id }, { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: '' }])(
    'is not made without keys, and nothing is sent',
    async (environment) => {
      stage = await withKeys(environment);
      const cause = await causeOf(valueOf(stage));
      expect(cause).toMatchObject({ kind: 'missing' });
      expect(cause.message).toMatch(/AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set$/);
      expect(stage.server.requests).toEqual([]);
    },
  );
});
