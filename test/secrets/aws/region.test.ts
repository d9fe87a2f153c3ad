import { describe, expect, it } from '@jest/globals';
import { endpointOf, partitionOf, regionOption, roleArnOption } from '../../../src/secrets/aws/region.js';

describe('a region', () => {
  it.each([
    'eu-central-1.evil.example.com/',
    'eu-central-1#',
    'eu-central-1@evil.example.com',
    'eu-central-1:443',
    'EU-central-1',
    '../x',
    '',
    'eu-central',
    'eu-central-1\n',
  ])('is none that would make another host: %j', (text) => {
    expect(regionOption.safeParse(text).success).toBe(false);
  });

  it.each([
    ['eu-central-1', 'aws', 'https://sts.eu-central-1.amazonaws.com'],
    ['us-gov-west-1', 'aws-us-gov', 'https://sts.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'aws-cn', 'https://sts.cn-north-1.amazonaws.com.cn'],
    ['us-iso-east-1', 'aws-iso', 'https://sts.us-iso-east-1.c2s.ic.gov'],
    ['us-isob-east-1', 'aws-iso-b', 'https://sts.us-isob-east-1.sc2s.sgov.gov'],
    ['eusc-de-east-1', 'aws-eusc', 'https://sts.eusc-de-east-1.amazonaws.eu'],
  ])('is of a partition: %s of %s', (region, partition, endpoint) => {
    expect(regionOption.parse(region)).toBe(region);
    expect(partitionOf(region).partition).toBe(partition);
    expect(endpointOf('sts', region)).toBe(endpoint);
  });
});

describe('the ARN of a role', () => {
  it.each(['arn:aws:iam::123456789012:user/x', 'arn:aws:iam::12:role/x', 'arn:aws:iam::123456789012:role/*', 'role/x'])(
    'is not %s',
    (arn) => {
      expect(roleArnOption.safeParse(arn).success).toBe(false);
    },
  );

  it('may have a path', () => {
    expect(roleArnOption.safeParse('arn:aws-cn:iam::123456789012:role/team/agents@1').success).toBe(true);
  });
});
