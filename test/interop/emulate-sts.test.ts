import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEmulator, type Emulator } from 'emulate';
import { systemClock } from '../../src/core/clock.js';
import type { AwsBackend } from '../../src/secrets/aws/connection.js';
import { reveal } from '../../src/secrets/seal.js';
import { backendOf, sourceOf } from '../secrets/aws/open.js';
import { fetchContext, whyUnavailable } from '../secrets/context.js';

/** STS as others understand it, below a path of its own. It checks no signatures: moto does. */
let aws: Emulator;
let backend: AwsBackend;
const context = {
  environment: { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'none' },
  clock: systemClock,
};
beforeAll(async () => {
  const roles = [{ role_name: 'agents' }];
  aws = await createEmulator({ service: 'aws', port: 0, seed: { aws: { iam: { roles } } } });
  backend = backendOf({ region: 'us-east-1', sts_endpoint: `${aws.url}/sts` }, context);
});
afterAll(async () => {
  await backend.close();
  await aws.close();
});

const assume = (role: string) =>
  sourceOf(backend, 'sts', { role_arn: `arn:aws:iam::123456789012:role/${role}` }, context).fetch(fetchContext());

describe('an emulator of STS', () => {
  it('refuses a role that it does not know', async () => {
    expect(await whyUnavailable(assume('others'))).toContain('answered with status 404 (NoSuchEntity)');
  });

  it('gives a session of a role', async () => {
    const { fields, expiresAt } = await assume('agents');
    expect(reveal(fields['access_key_id']!)).toMatch(/^ASIA/);
    expect(Object.keys(fields)).toEqual(['access_key_id', 'secret_access_key', 'session_token']);
    expect(Math.abs(expiresAt! - Date.now() - 3_600_000)).toBeLessThan(10_000);
  });
});
