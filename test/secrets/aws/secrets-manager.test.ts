import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { awsBackend } from '../../../src/secrets/aws.js';
import { reveal } from '../../../src/secrets/seal.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { openAws, type OpenAws } from './open.js';

let opened: OpenAws;
beforeEach(async () => {
  opened = await openAws();
});
afterEach(() => opened.close());

const fetched = (options: object) => opened.source('aws', options).fetch(fetchContext());
const why = (options: object) => whyUnavailable(fetched(options));
const plain = async (options: object) =>
  Object.fromEntries(Object.entries((await fetched(options)).fields).map(([field, sealed]) => [field, reveal(sealed)]));

describe('a secret of Secrets Manager', () => {
  it.each([
    [{ text: 'pw-3f9a' }, 'json', 'its text is not a JSON object'],
    [{ text: '["pw-3f9a"]' }, 'json', 'its text is not a JSON object'],
    [{ text: '{"a":["pw-3f9a"]}' }, 'json', 'no members that are texts'],
    [{ text: '' }, 'text', 'it is empty'],
    [{ binary: 'cHctM2Y5YQ==' }, 'text', 'it is no text'],
    [{ text: 'pw-3f9a' }, 'binary', 'it is not binary'],
  ])('%j is refused as %s, without what it holds', async (version, format, message) => {
    opened.aws.rotate('db', version);
    const said = await why({ secret_id: 'db', format });
    expect(said).toContain(message);
    expect(said).not.toMatch(/3f9a|cHct/);
  });

  it('is one value, or the members of an object, or bytes', async () => {
    opened.aws.rotate('db', { text: ' {"a":"x","__proto__":"y","n":1,"b":true,"none":null}\n' });
    expect(await plain({ secret_id: 'db' })).toEqual({
      value: ' {"a":"x","__proto__":"y","n":1,"b":true,"none":null}\n',
    });
    const members = await plain({ secret_id: 'db', format: 'json' });
    expect(Object.entries(members)).toEqual([
      ['a', 'x'],
      ['__proto__', 'y'],
      ['n', '1'],
      ['b', 'true'],
    ]);
    opened.aws.rotate('db', { binary: 'AP8K' });
    expect(await plain({ secret_id: 'db', format: 'binary' })).toEqual({ value: 'AP8K' });
  });

  it('has the version of AWS, and another one when a rotation is finished', async () => {
    const first = opened.aws.rotate('db', { text: 'one' });
    expect(await fetched({ secret_id: 'db' })).toMatchObject({ version: first.id });
    opened.aws.secrets.get('db')!.push({ id: 'pending', stages: ['AWSPENDING'], text: 'two' });
    expect(await fetched({ secret_id: 'db' })).toMatchObject({ version: first.id });
    const second = opened.aws.rotate('db', { text: 'two' });
    expect(await fetched({ secret_id: 'db' })).toMatchObject({ version: second.id });
    expect(await plain({ secret_id: 'db', version_stage: 'AWSPREVIOUS' })).toEqual({ value: 'one' });
    expect(await plain({ secret_id: 'db', version_id: first.id })).toEqual({ value: 'one' });
    expect(await why({ secret_id: 'db', version_id: first.id, version_stage: 'AWSCURRENT' })).toContain(
      'ResourceNotFound',
    );
  });

  it('is refused where what comes is still being rotated in, or not what was asked for', async () => {
    const version = opened.aws.rotate('db', { text: 'one' });
    const other = '01234567-89ab-cdef-0123-456789abcdef';
    opened.aws.secrets.set('db', [{ ...version, id: other, stages: ['AWSPENDING'] }]);
    expect(await why({ secret_id: 'db', version_id: other })).toContain('still being rotated in');
    const stages = ['AWSCURRENT'];
    opened.aws.secrets.set('db', [
      {
        ...version,
        get stages() {
          return stages.splice(0);
        },
        set stages(_) {
          /* as it is */
        },
      },
    ]);
    expect(await why({ secret_id: 'db' })).toContain('not labelled AWSCURRENT');
  });

  it.each([
    [{ SecretString: 'pw-3f9a', VersionStages: ['AWSCURRENT'] }, 'without a version'],
    [{ SecretString: 'pw-3f9a', VersionId: 'pw 3f9a', VersionStages: ['AWSCURRENT'] }, 'without a version'],
    [{ SecretString: 'pw-3f9a', VersionId: 'other', VersionStages: ['AWSCURRENT'] }, 'another version'],
    [{ SecretString: { a: 'pw-3f9a' }, VersionId: 'x', VersionStages: 'AWSCURRENT' }, 'another version'],
  ])('is refused where AWS answers %j', async (body, message) => {
    await opened.close();
    opened = await openAws({}, {}, { ...opened.aws, handler: () => ({ status: 200, body }) });
    const said = await why({ secret_id: 'db', version_id: '01234567-89ab-cdef-0123-456789abcdef' });
    expect(said).toContain(message);
    expect(said).not.toContain('3f9a');
  });

  it.each([
    { secret_id: 'db', version_stage: 'AWSPENDING' },
    { secret_id: 'db', version_id: 'latest' },
    { secret_id: 'd b' },
    { secret_id: 'db', refresh: '0s' },
    { secret_id: 'db', format: 'auto' },
    { secret_id: 'db', key: 'password' },
  ])('is not asked for by %j', (options) => {
    const { options: shape } = awsBackend.sources.find(({ kind }) => kind === 'aws')!;
    expect(z.strictObject(shape).safeParse(options).success).toBe(false);
  });

  it('of another region is not asked for', async () => {
    const secret_id = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf';
    expect(await why({ secret_id })).toContain('its ARN is of aws:us-east-1, and its backend of aws:eu-central-1');
    expect(opened.server.requests).toEqual([]);
  });

  it('of another account is asked for by its ARN', async () => {
    opened.aws.rotate('db', { text: 'one' });
    const secret_id = 'arn:aws:secretsmanager:eu-central-1:210987654321:secret:db-AbCdEf';
    expect(await plain({ secret_id })).toEqual({ value: 'one' });
    expect(JSON.parse(opened.server.requests[0]!.body)).toEqual({ SecretId: secret_id, VersionStage: 'AWSCURRENT' });
  });

  it('is asked for again by its age, and is used no longer than it may be', async () => {
    opened.aws.rotate('db', { text: 'one' });
    const begin = Date.now();
    const { refreshAt, expiresAt, lease } = await fetched({ secret_id: 'db', refresh: '10s', max_stale: '1m' });
    expect(refreshAt! - begin).toBeGreaterThanOrEqual(10_000);
    expect(refreshAt! - begin).toBeLessThan(12_000);
    expect(expiresAt! - refreshAt!).toBe(50_000);
    expect(lease).toBeUndefined();
    const short = await fetched({ secret_id: 'db', refresh: '10s', max_stale: '1s' });
    expect(short.expiresAt).toBe(short.refreshAt);
  });

  it.each([
    ['ThrottlingException', 400, 'throttled'],
    ['AccessDeniedException', 400, 'denied'],
    ['InvalidRequestException', 400, 'missing'],
    ['InternalServiceError', 500, 'down'],
  ])('is unavailable by %s', async (type, status, kind) => {
    opened.aws.failure = { type, status };
    await expect(fetched({ secret_id: 'db' })).rejects.toMatchObject({ code: 'secret_unavailable', cause: { kind } });
    expect(opened.server.requests).toHaveLength(1);
  });
});
