import { describe, expect, it } from '@jest/globals';
import { iamPolicy } from '../../../src/secrets/aws/grants.js';

const statements = (uses: Parameters<typeof iamPolicy>[1]) =>
  (JSON.parse(iamPolicy({ region: 'cn-north-1' }, uses)) as { Statement: object[] }).Statement;

describe('the IAM policy', () => {
  it('has no wildcard for an action, and for a resource only what Secrets Manager adds to a name', () => {
    const kms_key_arn = 'arn:aws-cn:kms:cn-north-1:123456789012:key/1f';
    const options = { secret_id: 'prod/db', kms_key_arn };
    expect(statements([{ name: 'db-main', kind: 'aws', options }])).toEqual([
      {
        Sid: 'ReadDbMain',
        Effect: 'Allow',
        Action: 'secretsmanager:GetSecretValue',
        Resource: 'arn:aws-cn:secretsmanager:cn-north-1:*:secret:prod/db-??????',
        Condition: { 'ForAnyValue:StringEquals': { 'secretsmanager:VersionStage': 'AWSCURRENT' } },
      },
      {
        Sid: 'DecryptDbMain',
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: kms_key_arn,
        Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.cn-north-1.amazonaws.com.cn' } },
      },
    ]);
  });

  it('has the version where one is asked for', () => {
    const version_id = '01234567-89ab-cdef-0123-456789abcdef';
    expect(statements([{ name: 'db', kind: 'aws', options: { secret_id: 'db', version_id } }])).toMatchObject([
      { Condition: { StringEquals: { 'secretsmanager:VersionId': version_id } } },
    ]);
  });

  it('lets into a role, with tags and a source identity where there are some', () => {
    const role_arn = 'arn:aws-cn:iam::123456789012:role/agents';
    const more = { role_arn, tags: { team: 'a' }, source_identity: '{client}' };
    expect(
      statements([
        { name: 'agents', kind: 'sts', options: { role_arn, tags: {} } },
        { name: 'again', kind: 'sts', options: { role_arn } },
        { name: 'more', kind: 'sts', options: more },
      ]),
    ).toEqual([
      { Sid: 'AssumeAgents', Effect: 'Allow', Action: 'sts:AssumeRole', Resource: role_arn },
      {
        Sid: 'AssumeMore',
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Resource: role_arn,
      },
    ]);
  });

  it('has each Sid once, in letters and digits', () => {
    const names = ['a-b', 'a_b', 'aB', 'AB', 'ABx2'];
    const sids = statements(names.map((name) => ({ name, kind: 'aws', options: { secret_id: name } }))).map(
      (statement) => (statement as { Sid: string }).Sid,
    );
    expect(sids.every((sid) => /^[A-Za-z0-9]+$/.test(sid))).toBe(true);
    expect(new Set(sids).size).toBe(names.length);
  });

  it('is not made for a source of another backend', () => {
    expect(() => statements([{ name: 'a', kind: 'vault', options: {} }])).toThrow(TypeError);
  });
});
