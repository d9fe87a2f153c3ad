import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { awsBackend } from '../../../src/secrets/aws.js';
import type { Caller } from '../../../src/core/message.js';
import { reveal } from '../../../src/secrets/seal.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { openAws, type OpenAws } from './open.js';

const role_arn = 'arn:aws:iam::123456789012:role/agents';
let opened: OpenAws;
beforeEach(async () => {
  opened = await openAws();
  opened.aws.roles.set(role_arn, {});
});
afterEach(() => opened.close());

const { options: shape } = awsBackend.sources.find(({ kind }) => kind === 'sts')!;
const source = (options: object = {}) => opened.source('sts', { role_arn, ...options });
const fetched = (options: object, caller: Caller) => source(options).fetch(fetchContext({ caller }));

describe('a session of a role', () => {
  it.each([
    { session_name: '{user}' },
    { session_policy: '[]' },
    { session_policy: 'no json' },
    { session_policy: JSON.stringify({ a: 'x'.repeat(2048) }) },
    { duration: '14m' },
    { duration: '13h' },
    { duration: '900001ms' },
    { tags: { 'aws:x': 'y' } },
    { tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v'])) },
    { policy_arns: ['*'] },
    { external_id: 'a b' },
    { role_arn: 'agents' },
  ])('is not asked for by %j', (options) => {
    expect(z.strictObject(shape).safeParse({ role_arn, ...options }).success).toBe(false);
  });

  it('is one for all callers unless something in it is named after them', () => {
    const fixed = { session_name: 'gateway', tags: { team: 'web' } };
    expect('keyFor' in source(fixed)).toBe(false);
    const own = [{}, { ...fixed, source_identity: '{client}' }, { ...fixed, tags: { who: 'x-{client}' } }];
    for (const options of own) {
      const [a, b] = ['desk', 'agents'].map((client) => source(options).keyFor?.({ client }));
      expect(a).not.toBe(b);
    }
  });

  it('is refused to a caller without the subject that it is named after', async () => {
    const named = source({ session_name: '{subject}' });
    expect(() => named.keyFor?.({ client: 'desk' })).toThrow('A credential for this request is not available.');
    expect(await whyUnavailable(named.fetch(fetchContext()))).toContain('the caller has none');
    expect(opened.server.requests).toEqual([]);
  });

  it('is refused to a caller whose name is no value of a tag, which is never changed to one', async () => {
    const tagged = { tags: { team: '{subject}' } };
    for (const subject of ['a;b', 'x'.repeat(257), 'a\nb']) {
      expect(await whyUnavailable(fetched(tagged, { client: 'desk', subject }))).toContain('the tag team');
    }
    await fetched(tagged, { client: 'desk', subject: 'a b@c' });
    expect(opened.aws.sessions[0]?.form).toMatchObject({ 'Tags.member.1.Key': 'team', 'Tags.member.1.Value': 'a b@c' });
  });

  it('is refused where the role is', async () => {
    opened.aws.roles.clear();
    await expect(fetched({}, { client: 'desk' })).rejects.toMatchObject({ cause: { kind: 'denied' } });
    // The keys of the backend are good: nothing is held up.
    opened.aws.roles.set(role_arn, {});
    await fetched({}, { client: 'desk' });
  });

  it('has three fields, its own end, a version that tells nothing, and no lease', async () => {
    const { fields, expiresAt, version, lease } = await fetched({ duration: '15m' }, { client: 'desk' });
    const [session] = opened.aws.sessions;
    expect(Object.entries(fields).map(([field, sealed]) => [field, reveal(sealed)])).toEqual([
      ['access_key_id', session!.keys.id],
      ['secret_access_key', session!.keys.secret],
      ['session_token', session!.keys.token],
    ]);
    expect(Math.abs(expiresAt! - Date.now() - 900_000)).toBeLessThan(5000);
    expect(version).toMatch(/^[0-9a-f]{16}$/);
    expect(lease).toBeUndefined();
  });

  it('has what was asked for in its form, the policy without its spaces', async () => {
    const policy_arns = ['arn:aws:iam::aws:policy/ReadOnlyAccess'];
    const more = {
      source_identity: '{client}/x',
      transitive_tag_keys: ['team'],
      tags: { team: 'red' },
      external_id: 'e-1',
    };
    await fetched(
      { ...more, policy_arns, session_policy: '{ "Version": "2012-10-17",\n "Statement": [] }' },
      { client: 'desk' },
    );
    const { form } = opened.aws.sessions[0]!;
    expect(form).toMatchObject({
      RoleSessionName: 'keywright-desk',
      DurationSeconds: '3600',
      Policy: '{"Version":"2012-10-17","Statement":[]}',
      'PolicyArns.member.1.arn': policy_arns[0],
      'TransitiveTagKeys.member.1': 'team',
      ExternalId: 'e-1',
    });
    expect(form['SourceIdentity']).toMatch(/^desk-x-[0-9a-f]{12}$/);
  });

  it('is kept by what it is named after, so that each caller has a session of its own', () => {
    const [desk, bot] = [{ client: 'desk' }, { client: 'bot' }];
    const keys = (options: object) => [desk, bot].map((caller) => source(options).keyFor?.(caller));
    expect(new Set(keys({})).size).toBe(2);
    expect(new Set(keys({ session_name: 'all' })).size).toBe(1);
    expect(new Set(keys({ session_name: 'all', tags: { client: '{client}' } })).size).toBe(2);
  });
});
