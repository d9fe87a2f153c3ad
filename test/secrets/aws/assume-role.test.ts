import { describe, expect, it } from '@jest/globals';
import { assumeRole, assumeRoleWithWebIdentity, keysIn } from '../../../src/secrets/aws/assume-role.js';
import { reveal } from '../../../src/secrets/seal.js';

const roleArn = 'arn:aws:iam::123456789012:role/agents';
const whole =
  '<R><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t==</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></R>';
const answer = (text: string) => ({ status: 200, headers: new Map<string, string>(), text });

describe('the form of a login', () => {
  it('has what was asked for, each value encoded', () => {
    const { body, headers } = assumeRole({
      roleArn,
      sessionName: 'a=b',
      duration: 900,
      sessionPolicy: '{"a":"&RoleArn=evil"}',
      policyArns: ['p1', 'p2'],
      externalId: 'e',
      sourceIdentity: 's',
      tags: [['k', 'v&w']],
      transitiveTagKeys: ['k'],
    });
    expect(headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' });
    expect([...new URLSearchParams(body)]).toEqual([
      ['Action', 'AssumeRole'],
      ['Version', '2011-06-15'],
      ['RoleArn', roleArn],
      ['RoleSessionName', 'a=b'],
      ['DurationSeconds', '900'],
      ['Policy', '{"a":"&RoleArn=evil"}'],
      ['ExternalId', 'e'],
      ['SourceIdentity', 's'],
      ['PolicyArns.member.1.arn', 'p1'],
      ['PolicyArns.member.2.arn', 'p2'],
      ['Tags.member.1.Key', 'k'],
      ['Tags.member.1.Value', 'v&w'],
      ['TransitiveTagKeys.member.1', 'k'],
    ]);
    expect(assumeRoleWithWebIdentity(roleArn, 'kw', 'a.b.c').body).toBe(
      'Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fagents&RoleSessionName=kw&WebIdentityToken=a.b.c',
    );
  });
});

describe('the keys in an answer', () => {
  it.each([
    ['no token', whole.replace(/<SessionToken>.*<\/SessionToken>/, ''), 'without one SessionToken'],
    ['an empty secret', whole.replace('>s<', '><'), 'without one SecretAccessKey'],
    ['two ids', `<AccessKeyId>ASIA2</AccessKeyId>${whole}`, 'without one AccessKeyId'],
    ['an end that is no time', whole.replace('2030', 'soon'), 'no time'],
    ['JSON', '{}', 'without one Expiration'],
  ])('are none where there is %s', (_, text, message) => {
    expect(() => keysIn('aws', answer(text), 'sts:443')).toThrow(message);
  });

  it('are sealed', () => {
    const { id, secret, token, expiresAt } = keysIn('aws', answer(whole), 'sts:443');
    expect([id, secret, token].map(reveal)).toEqual(['ASIA1', 's', 't==']);
    expect(expiresAt).toBe(Date.UTC(2030, 0, 1));
  });
});
