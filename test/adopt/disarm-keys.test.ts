import { describe, expect, it } from '@jest/globals';
import { planDisarm } from '../../src/adopt/disarm.js';
import { madeUp } from './made-up.js';

const plan = (environment: Record<string, string>) => planDisarm({ command: 'node', args: [], environment });
const withNames = (name: string): string => `<${name}>`;

describe('the keys of AWS', () => {
  const id = madeUp('ASIA<16 upper>');
  const [key, token] = [madeUp('<40 base64url>'), madeUp('<400 base64url>')];
  const environment = {
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: key,
    AWS_SESSION_TOKEN: token,
    AWS_REGION: 'eu-west-1',
  };

  it('are taken out, all three, and sign', () => {
    const { bindings, leftovers, disarm } = plan(environment);
    expect(leftovers).toEqual([]);
    expect(bindings.map(({ secretName, shape }) => [secretName, shape])).toEqual([
      ['aws-access-key-id', 'ASIA<32 hex>'],
      ['aws-secret-access-key', '<40 base64url>'],
      ['aws-session-token', '<400 base64url>'],
    ]);
    const child = disarm(withNames).environment;
    expect(child).toEqual({
      AWS_ACCESS_KEY_ID: '<aws-access-key-id>',
      AWS_SECRET_ACCESS_KEY: '<aws-secret-access-key>',
      AWS_SESSION_TOKEN: '<aws-session-token>',
      AWS_REGION: 'eu-west-1',
    });
  });

  it('are refused where one is too short to be found in an answer', () => {
    const { leftovers } = plan({ ...environment, AWS_ACCESS_KEY_ID: 'test' });
    expect(leftovers).toEqual([expect.objectContaining({ where: 'AWS_ACCESS_KEY_ID' })]);
  });
});
