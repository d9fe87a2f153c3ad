import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { envSource } from '../../src/secrets/env.js';
import { reveal } from '../../src/secrets/seal.js';
import { fetchContext, sourceContext, whyUnavailable } from './context.js';

const value = `s3cr3t-${randomBytes(18).toString('base64url')}`;
const source = (environment: Record<string, string>) =>
  envSource.make({ name: 'GITHUB_TOKEN' }, sourceContext({ environment }));

describe('a secret in a variable', () => {
  it.each([
    ['is not set', {}, 'is not set'],
    ['is empty', { GITHUB_TOKEN: '' }, 'is empty'],
    ['is set under a name in another case', { github_token: value }, 'is not set'],
  ])('is not available where the variable %s', async (_, environment, why) => {
    const refused = await whyUnavailable(source(environment).fetch(fetchContext()));
    expect(refused).toBe(`the secret github is not available: the variable GITHUB_TOKEN ${why}`);
    expect(refused).not.toContain(value);
  });

  it('is the value of the variable, as it stands there', async () => {
    const { fields } = await source({ GITHUB_TOKEN: ` ${value}\n` }).fetch(fetchContext());
    expect(Object.keys(fields)).toEqual(['value']);
    expect(reveal(fields['value']!)).toBe(` ${value}\n`);
  });

  it('holds for as long as the process lives, with a version that does not tell it', async () => {
    const fetched = await source({ GITHUB_TOKEN: value }).fetch(fetchContext());
    expect(fetched.expiresAt).toBe(Infinity);
    expect(fetched.version).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([[''], ['A=B'], ['A\0B']])('has no variable of the name %j', (name) => {
    expect(z.strictObject(envSource.options).safeParse({ name }).success).toBe(false);
  });
});
