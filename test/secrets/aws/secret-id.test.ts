import { describe, expect, it } from '@jest/globals';
import { misplaced, resourceOf, secretIdOption } from '../../../src/secrets/aws/secret-id.js';

const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf';

describe('the id of a secret', () => {
  it.each(['', 'a b', 'a*', 'arn:aws:s3:::bucket', 'arn:aws:secretsmanager:eu-central-1:1:secret:x', 'x\n', 'a?b'])(
    'is not %j',
    (text) => {
      expect(secretIdOption.safeParse(text).success).toBe(false);
    },
  );

  it.each([
    [arn, 'us-east-1', 'its ARN is of aws:eu-central-1, and its backend of aws:us-east-1'],
    [
      arn.replace('aws:', 'aws-cn:'),
      'eu-central-1',
      'its ARN is of aws-cn:eu-central-1, and its backend of aws:eu-central-1',
    ],
    [arn, 'eu-central-1', undefined],
    ['prod/db', 'us-east-1', undefined],
  ])('%s in %s is in its place or not', (id, region, why) => {
    expect(misplaced(id, region)).toBe(why);
  });

  it.each([
    [arn, arn],
    [arn.slice(0, -7), `${arn.slice(0, -7)}-??????`],
    ['prod/db', 'arn:aws:secretsmanager:eu-central-1:*:secret:prod/db-??????'],
    // Six characters at the end of a name are its own.
    ['prod/db-sample', 'arn:aws:secretsmanager:eu-central-1:*:secret:prod/db-sample-??????'],
  ])('%s is granted as %s', (id, resource) => {
    expect(secretIdOption.parse(id)).toBe(id);
    expect(resourceOf(id, 'eu-central-1')).toBe(resource);
  });
});
