import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { SecretReference } from '../../../src/secrets/index.js';
import { reveal, seal } from '../../../src/secrets/seal.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { fakeAws } from '../fakes/aws.js';
import { backendOf, openAws, type OpenAws } from './open.js';

const role = 'arn:aws:iam::123456789012:role/keywright';
let opened: OpenAws;
let folder = '';
afterEach(async () => {
  await opened.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(...args: Parameters<typeof openAws>): Promise<OpenAws> {
  opened = await openAws(...args);
  opened.aws.rotate('db', { text: 'value-1' });
  opened.aws.roles.set(role, {});
  return opened;
}

/** A token of a file, for the role. */
function webIdentity(environment: Record<string, string> = {}): Promise<OpenAws> {
  folder = mkdtempSync(join(tmpdir(), 'web-'));
  writeFileSync(join(folder, 'token'), 'a.b.c\n', { mode: 0o600 });
  const credentials = { from: 'web_identity', role_arn: role, token_file: 'token' };
  return open({ credentials }, { folder, environment });
}

const db = { secret_id: 'db' };
const value = async (source: ReturnType<OpenAws['source']>, ...context: Parameters<typeof fetchContext>) =>
  reveal((await source.fetch(fetchContext(...context))).fields['value']!);

describe('keys that AWS refuses', () => {
  it('are not tried again for a minute, by any secret, and are not shown', async () => {
    const environment = { AWS_ACCESS_KEY_ID: 'AKIA0123456789ABCDEF', AWS_SECRET_ACCESS_KEY: 'pw-3f9a' };
    const { source, server, events } = await open({}, { environment });
    const first = await whyUnavailable(source('aws', db).fetch(fetchContext()));
    expect(first).toContain('(UnrecognizedClientException)');
    expect(await whyUnavailable(source('sts', { role_arn: role }).fetch(fetchContext()))).toBe(first);
    expect(first).not.toMatch(/AKIA0|pw-3f9a/);
    expect(server.requests).toHaveLength(1);
    expect(events).toMatchObject([{ event: 'login_failed', backend: 'cloud' }]);
  });

  it('do not hold others up', async () => {
    const parts = { access_key_id: 'k.id', secret_access_key: 'k.key' };
    const { source, aws } = await open({ credentials: { from: 'secret', ...parts } });
    const of = (id: string, key: string) => ({ secrets: { 'k.id': seal('k', id), 'k.key': seal('k', key) } });
    await whyUnavailable(source('aws', db).fetch(fetchContext(of(aws.user.id, 'wrong'))));
    expect(await value(source('aws', db), of(aws.user.id, aws.user.secret))).toBe('value-1');
  });

  it('by this machine with a wrong clock are told as that', async () => {
    const { source } = await open(
      {},
      {},
      fakeAws('eu-central-1', () => Date.now() + 400_000),
    );
    expect(await whyUnavailable(source('aws', db).fetch(fetchContext()))).toContain('the clock of this machine is');
  });

  it('and are missing, are told by the names of their variables', async () => {
    const { source } = await open({}, { environment: {} });
    expect(await whyUnavailable(source('aws', db).fetch(fetchContext()))).toContain('AWS_ACCESS_KEY_ID');
  });
});

describe('keys of other secrets', () => {
  it('go to no host that is not among those of the secret, where they go at all', async () => {
    const parts = { access_key_id: 'k.id', secret_access_key: 'k.key', session_token: 'k.token' };
    const { source, aws, server } = await open({ credentials: { from: 'secret', ...parts } });
    const asked: (string | undefined)[][] = [];
    aws.keys.set(aws.user.id, { ...aws.user, token: 'tok==' });
    const known: Record<string, string> = { 'k.id': aws.user.id, 'k.key': aws.user.secret, 'k.token': 'tok==' };
    const sealed = Object.fromEntries(Object.entries(known).map(([name, text]) => [name, seal('k', text)]));
    const secret = (reference: SecretReference, to?: string) => {
      asked.push([reference.toString(), to]);
      return Promise.resolve(sealed[reference.toString()]!);
    };
    expect(await value(source('aws', db), { secret })).toBe('value-1');
    const to = `localhost:${server.port}`;
    expect(asked).toEqual([
      ['k.id', to],
      ['k.key', undefined],
      ['k.token', to],
      ['k.id', to],
    ]);
  });

  it('are of one fetch, though the secret is replaced in between', async () => {
    const parts = { access_key_id: 'k.id', secret_access_key: 'k.key' };
    const { source, aws } = await open({ credentials: { from: 'secret', ...parts } });
    let count = 0;
    const [old, now] = [seal('k', 'AKIA0123456789ABCDEF'), seal('k', aws.user.id)];
    const key = seal('k', aws.user.secret);
    const secret = (reference: SecretReference) => {
      count += 1;
      return Promise.resolve(reference.toString() === 'k.key' ? key : count === 1 ? old : now);
    };
    expect(await value(source('aws', db), { secret })).toBe('value-1');
  });
});

describe('a login by web identity', () => {
  it('is not signed, reads its file each time, and is made once', async () => {
    const { source, aws, server, events } = await webIdentity();
    aws.webTokens.add('a.b.c');
    const sources = [source('aws', db), source('aws', db)];
    expect(await Promise.all(sources.map((one) => value(one)))).toEqual(['value-1', 'value-1']);
    expect(server.requests).toHaveLength(3);
    expect(events).toMatchObject([{ event: 'login', backend: 'cloud' }]);
    expect(aws.sessions[0]?.form).toMatchObject({ RoleArn: role, RoleSessionName: 'keywright' });
    for (const { id } of [...aws.keys.values()].slice(1)) aws.keys.delete(id);
    aws.webTokens.clear();
    aws.webTokens.add('d.e.f');
    writeFileSync(join(folder, 'token'), 'd.e.f');
    expect(await value(source('aws', db))).toBe('value-1');
  });

  it('that is refused is not tried again for a minute', async () => {
    const { source, server, events } = await webIdentity();
    const why = await whyUnavailable(source('aws', db).fetch(fetchContext()));
    expect(why).toContain('(InvalidIdentityToken)');
    expect(await whyUnavailable(source('aws', db).fetch(fetchContext()))).toBe(why);
    expect(server.requests).toHaveLength(1);
    expect(events).toMatchObject([{ event: 'login_failed' }]);
  });

  it('whose keys die is made once more, and not again and again', async () => {
    const { source, aws, server } = await webIdentity();
    aws.webTokens.add('a.b.c');
    expect(await value(source('aws', db))).toBe('value-1');
    aws.failure = { status: 400, type: 'ExpiredTokenException' };
    server.requests.length = 0;
    const why = await whyUnavailable(source('aws', db).fetch(fetchContext()));
    expect(why).toContain('(ExpiredTokenException)');
    // The call, and the login that is refused in the same way.
    expect(server.requests).toHaveLength(2);
    aws.failure = undefined;
    await whyUnavailable(source('aws', db).fetch(fetchContext()));
    expect(server.requests).toHaveLength(2);
  });

  it('whose fresh keys are refused, too, ends in a pause', async () => {
    const { source, aws, server } = await webIdentity();
    aws.webTokens.add('a.b.c');
    // What it gives it does not know afterwards.
    aws.keys.set = () => aws.keys;
    await whyUnavailable(source('aws', db).fetch(fetchContext()));
    expect(server.requests).toHaveLength(4);
    await whyUnavailable(source('aws', db).fetch(fetchContext()));
    expect(server.requests).toHaveLength(4);
  });

  it('has its role and its file from the environment, or fails by their names', async () => {
    const { source } = await open({ credentials: { from: 'web_identity' } }, { environment: {} });
    expect(await whyUnavailable(source('aws', db).fetch(fetchContext()))).toContain('AWS_ROLE_ARN');
    await opened.close();
    folder = mkdtempSync(join(tmpdir(), 'web-'));
    const file = join(folder, 'token');
    const environment = { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_SESSION_NAME: 'pod-7' };
    const next = await open({ credentials: { from: 'web_identity' } }, { environment });
    expect(await whyUnavailable(next.source('aws', db).fetch(fetchContext()))).toContain('does not exist or is empty');
    writeFileSync(file, 'a.b.c', { mode: 0o600 });
    next.aws.webTokens.add('a.b.c');
    expect(await value(next.source('aws', db))).toBe('value-1');
    expect(next.aws.sessions[0]?.form).toMatchObject({ RoleSessionName: 'pod-7' });
  });
});

describe('a login by the role of a profile', () => {
  it('is of what stands there now, and is signed with its keys', async () => {
    const aws = fakeAws();
    folder = mkdtempSync(join(tmpdir(), 'role-'));
    const [credentials, config] = [join(folder, 'credentials'), join(folder, 'config')];
    const write = (secret: string): void =>
      writeFileSync(credentials, `[q]\naws_access_key_id=${aws.user.id}\naws_secret_access_key=${secret}\n`, {
        mode: 0o600,
      });
    write('wrong');
    writeFileSync(config, `[profile p]\nrole_arn=${role}\nsource_profile=q\nexternal_id=ours\n`);
    const environment = { AWS_SHARED_CREDENTIALS_FILE: credentials, AWS_CONFIG_FILE: config };
    const { source, server } = await open({ credentials: { from: 'profile', profile: 'p' } }, { environment }, aws);
    aws.roles.set(role, { ExternalId: 'ours' });
    expect(await whyUnavailable(source('aws', db).fetch(fetchContext()))).toContain('SignatureDoesNotMatch');
    expect(server.requests).toHaveLength(1);
    aws.keys.set(aws.user.id, aws.user);
    writeFileSync(credentials, `[p]\naws_access_key_id=${aws.user.id}\naws_secret_access_key=${aws.user.secret}\n`);
    writeFileSync(config, '');
    expect(await value(source('aws', db))).toBe('value-1');
    expect(aws.sessions).toHaveLength(0);
  });
});

describe('where AWS is', () => {
  it('is said by the configuration alone', async () => {
    const environment = {
      AWS_ENDPOINT_URL: 'https://evil.example.com',
      AWS_ENDPOINT_URL_STS: 'https://evil.example.com',
    };
    await open();
    expect(backendOf({ region: 'eu-central-1' }, { environment }).origins).toEqual([
      'secretsmanager.eu-central-1.amazonaws.com:443',
      'sts.eu-central-1.amazonaws.com:443',
    ]);
    const { origins } = backendOf(
      { region: 'eu-central-1', endpoint: 'https://vpce.example.com:8443/a' },
      { environment },
    );
    expect(origins).toEqual(['vpce.example.com:8443', 'sts.eu-central-1.amazonaws.com:443']);
  });
});
