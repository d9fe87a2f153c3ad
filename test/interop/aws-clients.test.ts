import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { clients, has, keywrightRun, nodeBinaries, python } from '../support/run.js';
import { writeRunConfig } from '../support/run-config.js';
import { awsHosts, region, startAws, type AwsServer } from './s3-server.js';

jest.setTimeout(90_000);

const keys = {
  id: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
  secret: randomBytes(30).toString('base64'),
  token: randomBytes(300).toString('base64'),
};
/** A folder with the SDK in its node_modules. */
const sdk = process.env['KEYWRIGHT_TEST_AWS_SDK'] ?? '';
const cli = join(dirname(python), 'aws');
let folder: string;
let config: string;
let aws: AwsServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-aws-'));
  const authority = testAuthority();
  aws = await startAws(authority, keys);
  config = writeRunConfig(folder, awsHosts, aws.origin.port, authority);
});
beforeEach(() => {
  aws.refused.length = 0;
  aws.objects.clear();
  aws.payloads.clear();
});
afterAll(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
});

const environment = {
  AWS_ACCESS_KEY_ID: keys.id,
  AWS_SECRET_ACCESS_KEY: keys.secret,
  AWS_SESSION_TOKEN: keys.token,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_EC2_METADATA_DISABLED: 'true',
};

const all = {
  range: true,
  list: ['stream.bin'],
  // The answer repeats the key that it was asked with: the program does not get to see it.
  secret: '*'.repeat(keys.id.length),
};

async function works(command: readonly string[], more: object = all): Promise<void> {
  const { code, stdout, stderr } = await keywrightRun(command, { folder, config, environment });
  expect(`${aws.refused.join('\n')}${code === 0 ? '' : stderr}`).toBe('');
  const got = { key: 'AKIA'.length + 32, get: true, presigned: true, sts: '123456789012' };
  expect(JSON.parse(stdout)).toEqual({ ...got, ...more });
  expect(`${stdout}${stderr}`).not.toContain(keys.secret);
  expect(JSON.stringify(aws.origin.seen.map(({ url, rawHeaders }) => [url, rawHeaders]))).not.toContain(keys.secret);
}

describe("AWS's own clients, which hold placeholders alone, use S3, STS and Secrets Manager", () => {
  const hasBoto = has(python, '-c', 'import boto3');
  (hasBoto ? it : it.skip)('boto3', async () => {
    await works([python, `${clients}aws_boto3.py`]);
    expect([...aws.payloads]).toContain('STREAMING-UNSIGNED-PAYLOAD-TRAILER');
  });

  (has(cli, '--version') && has('curl', '--version') ? it : it.skip)('the AWS CLI', async () => {
    await works(['sh', `${clients}aws_cli.sh`, cli], {});
  });

  const hasSdk = existsSync(join(sdk, 'node_modules/@aws-sdk/client-s3'));
  if (!hasSdk) console.warn('no KEYWRIGHT_TEST_AWS_SDK: the SDK for JavaScript is not tried');
  (hasSdk ? it : it.skip).each(nodeBinaries())('the SDK for JavaScript on %s', async (node) => {
    await works([node, `${clients}aws_sdk.mjs`, sdk]);
    expect([...aws.payloads]).toContain('STREAMING-UNSIGNED-PAYLOAD-TRAILER');
  });
});
