import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/core/clock.js';
import type { AwsBackend } from '../../src/secrets/aws/connection.js';
import { iamPolicy } from '../../src/secrets/aws/grants.js';
import type { Fetched, Source } from '../../src/secrets/index.js';
import { reveal } from '../../src/secrets/seal.js';
import { backendOf, sourceOf } from '../secrets/aws/open.js';
import { fetchContext, whyUnavailable } from '../secrets/context.js';
import { motoServer, region, startMoto, type Keys, type Moto } from './moto.js';
import { has } from '../support/run.js';

jest.setTimeout(60_000);

const nobody = { id: 'AKIAAAAAAAAAAAAAAAAA', secret: 'none' };
const role = 'arn:aws:iam::123456789012:role/agents';
const everything = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
let moto: Moto;
let folder: string;
let admin: Keys;
let reader: Keys;
const opened: AwsBackend[] = [];

function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

function iam(action: string, parameters: Record<string, string>): Promise<string> {
  return moto.ask(
    'iam',
    new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters }).toString(),
    nobody,
  );
}

async function user(name: string, document: string): Promise<Keys> {
  await iam('CreateUser', { UserName: name });
  await iam('PutUserPolicy', { UserName: name, PolicyName: 'own', PolicyDocument: document });
  const xml = await iam('CreateAccessKey', { UserName: name });
  const part = (element: string): string => new RegExp(`<${element}>([^<]+)<`).exec(xml)![1]!;
  return { id: part('AccessKeyId'), secret: part('SecretAccessKey') };
}

async function manager(operation: string, body: object): Promise<{ VersionId: string; ARN: string }> {
  const whole = JSON.stringify({ ClientRequestToken: randomUUID(), ...body });
  return JSON.parse(await moto.ask('secretsmanager', whole, admin, `secretsmanager.${operation}`)) as never;
}

/** As the configuration makes it, over plain HTTP on this machine. */
function sourceAs(
  keys: Keys,
  kind: 'aws' | 'sts',
  options: object,
  credentials: object = { from: 'environment' },
): Source {
  const environment = { AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.secret };
  return sourceBy(credentials, kind, options, environment);
}

function sourceBy(
  credentials: object,
  kind: 'aws' | 'sts',
  options: object,
  environment: Record<string, string>,
): Source {
  const context = { environment, clock: systemClock, folder };
  const place = { endpoint: moto.address, sts_endpoint: moto.address };
  const backend = backendOf({ ...place, region, credentials }, context);
  opened.push(backend);
  return sourceOf(backend, kind, options, context);
}

function plain({ fields }: Fetched): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([field, sealed]) => [field, reveal(sealed)]));
}

const here = has(motoServer, '--help');

(here ? describe : describe.skip)('moto, which checks signatures and policies', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'moto-'));
    moto = await startMoto(folder);
    admin = await user('admin', everything);
    reader = await user('reader', everything);
    const trust = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' };
    await iam('CreateRole', { RoleName: 'agents', AssumeRolePolicyDocument: policy(trust) });
    await iam('PutRolePolicy', { RoleName: 'agents', PolicyName: 'own', PolicyDocument: everything });
    await moto.check(true);
    await manager('CreateSecret', { Name: 'db', SecretString: '{"username":"app","password":"first","port":5432}' });
    await manager('CreateSecret', { Name: 'bytes', SecretBinary: Buffer.from([0, 255, 10]).toString('base64') });
  });
  afterAll(async () => {
    await Promise.all(opened.map((backend) => backend.close()));
    await moto.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('refuses a wrong key and one that it does not know, and is not asked again for a while', async () => {
    for (const keys of [
      { ...reader, secret: admin.secret },
      { ...reader, id: nobody.id },
    ]) {
      const source = sourceAs(keys, 'aws', { secret_id: 'db' });
      const why = await whyUnavailable(source.fetch(fetchContext()));
      expect(why).toMatch(/answered with status 40\d \((?:SignatureDoesNotMatch|InvalidClientTokenId)\)/);
      expect(await whyUnavailable(source.fetch(fetchContext()))).toBe(why);
      for (const secret of [keys.id, keys.secret]) expect(why).not.toContain(secret);
    }
  });

  it('tells of a secret that is not there', async () => {
    const source = sourceAs(reader, 'aws', { secret_id: 'none' });
    expect(await whyUnavailable(source.fetch(fetchContext()))).toContain('ResourceNotFoundException');
  });

  it('hands out text, the members of JSON, and bytes', async () => {
    const text = await sourceAs(reader, 'aws', { secret_id: 'db' }).fetch(fetchContext());
    expect(plain(text)).toEqual({ value: '{"username":"app","password":"first","port":5432}' });
    const json = await sourceAs(reader, 'aws', { secret_id: 'db', format: 'json' }).fetch(fetchContext());
    expect(plain(json)).toEqual({ username: 'app', password: 'first', port: '5432' });
    const bytes = await sourceAs(reader, 'aws', { secret_id: 'bytes', format: 'binary' }).fetch(fetchContext());
    expect(plain(bytes)).toEqual({ value: 'AP8K' });
  });

  it('shows a rotation when it is finished, and not while it is in flight', async () => {
    const { ARN, VersionId: before } = await manager('PutSecretValue', { SecretId: 'db', SecretString: 'second' });
    const current = sourceAs(reader, 'aws', { secret_id: ARN });
    expect(await current.fetch(fetchContext())).toMatchObject({ version: before });
    const pending = { SecretId: 'db', SecretString: 'third', VersionStages: ['AWSPENDING'] };
    const { VersionId: after } = await manager('PutSecretValue', pending);
    expect(plain(await current.fetch(fetchContext()))).toEqual({ value: 'second' });
    const stages = { VersionStage: 'AWSCURRENT', RemoveFromVersionId: before, MoveToVersionId: after };
    await manager('UpdateSecretVersionStage', { SecretId: 'db', ...stages, ClientRequestToken: undefined });
    const rotated = await current.fetch(fetchContext());
    expect([rotated.version, plain(rotated)]).toEqual([after, { value: 'third' }]);
    const previous = sourceAs(reader, 'aws', { secret_id: 'db', version_stage: 'AWSPREVIOUS' });
    expect(plain(await previous.fetch(fetchContext()))).toEqual({ value: 'second' });
    const pinned = sourceAs(reader, 'aws', { secret_id: 'db', version_id: before });
    expect(plain(await pinned.fetch(fetchContext()))).toEqual({ value: 'second' });
  });

  it('lets into a role under the policy that `grants` prints, and into no other', async () => {
    const options = { role_arn: role };
    const document = iamPolicy({ region }, [{ name: 'agents', kind: 'sts', options }]);
    await moto.check(false);
    const narrow = await user('narrow', document);
    const trust = policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' });
    await iam('CreateRole', { RoleName: 'others', AssumeRolePolicyDocument: trust });
    await moto.check(true);
    const session = await sourceAs(narrow, 'sts', { ...options, duration: '15m' }).fetch(fetchContext());
    expect(plain(session)).toMatchObject({ access_key_id: expect.stringMatching(/^ASIA/) });
    expect(session.expiresAt! - Date.now()).toBeGreaterThan(800_000);
    expect(session.expiresAt! - Date.now()).toBeLessThan(1_000_000);
    const other = sourceAs(narrow, 'sts', { role_arn: role.replace('agents', 'others') });
    expect(await whyUnavailable(other.fetch(fetchContext()))).toContain('AccessDenied');
    const secret = sourceAs(narrow, 'aws', { secret_id: 'db' });
    expect(await whyUnavailable(secret.fetch(fetchContext()))).toContain('AccessDenied');
  });

  it('takes a session as the keys of another backend', async () => {
    const session = await sourceAs(reader, 'sts', { role_arn: role }).fetch(fetchContext());
    const secrets = Object.fromEntries(
      Object.entries(session.fields).map(([field, sealed]) => [`agents.${field}`, sealed]),
    );
    const parts = Object.fromEntries(Object.keys(session.fields).map((field) => [field, `agents.${field}`]));
    const source = sourceAs(nobody, 'aws', { secret_id: 'db' }, { from: 'secret', ...parts });
    expect(plain(await source.fetch(fetchContext({ secrets })))).toEqual({ value: 'third' });
  });

  it('lets in by a profile whose role is assumed, and by the token of a web identity', async () => {
    const environment = {
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      AWS_CONFIG_FILE: join(folder, 'config'),
    };
    const keys = `[base]\naws_access_key_id = ${reader.id}\naws_secret_access_key = ${reader.secret}\n`;
    writeFileSync(environment.AWS_SHARED_CREDENTIALS_FILE, keys, { mode: 0o600 });
    writeFileSync(environment.AWS_CONFIG_FILE, `[profile role]\nrole_arn = ${role}\nsource_profile = base\n`);
    writeFileSync(join(folder, 'token'), 'header.payload.signature\n', { mode: 0o600 });
    const profiled = sourceBy({ from: 'profile', profile: 'role' }, 'aws', { secret_id: 'db' }, environment);
    expect(plain(await profiled.fetch(fetchContext()))).toEqual({ value: 'third' });
    const web = { from: 'web_identity', role_arn: role, token_file: 'token' };
    const identified = sourceBy(web, 'aws', { secret_id: 'db' }, {});
    // It asks for a signature of this, too, which AWS does not: only what the session signs is checked.
    await moto.check(false);
    await identified.fetch(fetchContext());
    await moto.check(true);
    expect(plain(await identified.fetch(fetchContext()))).toEqual({ value: 'third' });
  });
});
