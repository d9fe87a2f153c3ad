import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Caller } from '../../../src/core/message.js';
import { Refusal } from '../../../src/core/refusal.js';
import { Unavailability } from '../../../src/secrets/unavailable.js';
import { accountOf, keyOf, type AccountTerms } from '../../../src/secrets/workos/account.js';

const terms: AccountTerms = { name: 'github', users: undefined, organizationId: undefined, issuers: undefined };

function denied(caller: Caller, more: Partial<AccountTerms> = {}): string {
  try {
    accountOf({ ...terms, ...more }, caller);
  } catch (error) {
    const cause = error instanceof Refusal ? error.cause : undefined;
    if (cause instanceof Unavailability && cause.kind === 'denied') return cause.message;
  }
  throw new TypeError('it was not denied');
}
const of = (subject: string, claims: Record<string, unknown> = {}): Caller => ({ client: 'desk', subject, claims });

describe('a caller that has no connected account', () => {
  it('is a client without a user', () => {
    expect(denied({ client: 'user_1' })).toBe(
      'the secret github is not available: the caller is a client without a user: nobody is known whose connected account it could use',
    );
    expect(denied({ client: 'desk', claims: { sub: 'user_1' } })).toMatch(/a client without a user/);
  });

  it.each([
    '',
    '.',
    '..',
    'user_1\n',
    'user_1\nuser_2',
    'user/1',
    'user_1 ',
    'user","organization_id":"x',
    'üser',
    'a'.repeat(129),
  ])('has a subject that is no identifier: %j', (subject) => {
    const why = denied(of(subject));
    expect(why).toMatch(/the caller's subject is no identifier of a WorkOS user$/);
  });

  it.each([null, 7, '', 'org/1', 'org_1\n', ['org_1'], { toString: 'org_1' }])(
    'has an org_id that is no identifier: %j',
    (organization) => {
      expect(denied(of('user_1', { org_id: organization }))).toMatch(
        /org_id is no identifier of a WorkOS organization$/,
      );
    },
  );

  it.each([undefined, 'https://evil.example', ['https://api.workos.com'], 'https://api.workos.com/'])(
    'has a token of another issuer: %j',
    (iss) => {
      const issuers = ['https://api.workos.com'];
      expect(denied(of('user_1', { iss }), { issuers })).toMatch(
        /an issuer whose subjects are no users of this WorkOS$/,
      );
    },
  );

  it('is a client for which no user is named, whatever its subject', () => {
    const users = new Map([['desk', 'user_1']]);
    expect(denied({ client: 'other', subject: 'user_1' }, { users })).toMatch(/a client for which no user is named$/);
  });
});

describe('a caller with a connected account', () => {
  it('is the user that its token names, in the organization that it names', () => {
    expect(accountOf(terms, of('user_1'))).toEqual({ userId: 'user_1', organizationId: undefined });
    expect(accountOf(terms, of('user_1', { org_id: 'org_1' }))).toEqual({ userId: 'user_1', organizationId: 'org_1' });
    expect(accountOf({ ...terms, issuers: ['a', 'b'] }, of('user_1', { iss: 'b' }))).toMatchObject({
      userId: 'user_1',
    });
  });

  it('is in the organization of the configuration, whatever its token says', () => {
    const caller = of('user_1', { org_id: 'org_2' });
    expect(accountOf({ ...terms, organizationId: 'org_1' }, caller)).toMatchObject({ organizationId: 'org_1' });
  });

  it('is the user that is named for its client, and nothing of its token counts', () => {
    const users = new Map([['desk', 'user_1']]);
    const account = accountOf({ ...terms, users }, of('user_2', { org_id: 'org_2' }));
    expect(account).toEqual({ userId: 'user_1', organizationId: undefined });
  });

  it('has no organization from the prototype of its claims', () => {
    const claims = Object.create({ org_id: 'org_1' }) as Record<string, unknown>;
    expect(accountOf(terms, of('user_1', claims))).toEqual({ userId: 'user_1', organizationId: undefined });
  });

  it('has a key of its own: no two accounts share one, whatever stands in them', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('user_1', 'org_1', 'null', '', ',', '"', 'user_1org_1'));
    const account = fc.record({ userId: text, organizationId: fc.option(text, { nil: undefined }) });
    fc.assert(
      fc.property(account, account, (one, other) => {
        const isSame = one.userId === other.userId && one.organizationId === other.organizationId;
        expect(keyOf(one) === keyOf(other)).toBe(isSame);
      }),
    );
    expect(keyOf({ userId: 'a', organizationId: 'bc' })).not.toBe(keyOf({ userId: 'ab', organizationId: 'c' }));
    expect(keyOf({ userId: 'a', organizationId: undefined })).not.toBe(keyOf({ userId: 'a', organizationId: 'null' }));
  });
});
