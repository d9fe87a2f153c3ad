import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  failureOf,
  isLeaseGone,
  isLockedOut,
  isLoginRefused,
  isTokenDead,
  loginRefused,
  noToken,
} from '../../../src/secrets/infisical/failure.js';

const answer = (status: number, body: unknown) => ({
  status,
  headers: new Map<string, string>(),
  text: typeof body === 'string' ? body : JSON.stringify(body),
});

describe('an error of Infisical', () => {
  it('puts nothing into our words but a status, a name that is known and the number of a request', () => {
    const anything = fc.oneof(fc.string(), fc.json(), fc.jsonValue());
    const body = fc.oneof(
      anything,
      fc.record({ error: anything, message: anything, reqId: anything, details: anything }, { requiredKeys: [] }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), body, (status, told) => {
        const { message } = failureOf(answer(status, told), 'host:443', 0);
        expect(message).toMatch(
          /^host:443 [a-zA-Z ,]+ \(\d{3}(?: [A-Z]\w+)?(?:, request req-[A-Za-z0-9]{4,32})?\)(?:: [a-z ,`-]+)?$/,
        );
      }),
    );
  });

  it('says of a login what to look at', () => {
    expect(loginRefused(answer(401, { error: 'Unauthorized' }), 'host:443', 'client_id and client_secret')).toBe(
      'host:443 refused the login (401 Unauthorized): compare client_id and client_secret in auth with the machine identity',
    );
    expect(noToken('host:443')).toMatch(/^host:443 gave no token for a login: is address/);
  });

  it('says who has to do what where a permission is missing, or what is named is not there', () => {
    const of = (status: number, error: string): string => failureOf(answer(status, { error }), 'host:443', 0).message;
    expect(of(403, 'PermissionDenied')).toMatch(
      /^host:443 does not permit it \(403 PermissionDenied\): `keywright grants --for infisical` prints .* administers/,
    );
    expect(of(404, 'NotFound')).toMatch(/has no such secret.*\(404 NotFound\): compare name.* has to be a member$/);
    expect(of(307, '')).toMatch(/^host:443 .* \(307\): it answered with a redirect.*: address has to be/);
    expect(of(500, 'x')).toBe('host:443 fails (500)');
    expect(of(400, 'BadRequest')).toBe('host:443 finds the request wrong (400 BadRequest)');
  });

  it.each([
    [401, {}, true],
    [403, { error: 'TokenError' }, true],
    [403, { error: 'PermissionDenied' }, false],
    [403, { error: ['TokenError'] }, false],
    [400, { message: 'Unable to renew because access token number of uses limit reached' }, true],
    [400, { message: 'Max lease limit reached' }, false],
    [404, { error: 'TokenError' }, false],
    [200, { error: 'TokenError' }, false],
    [500, 'not JSON', false],
    [401, '<html>', false],
    [403, '', false],
  ])('tells a dead token from all else: %d %j', (status, body, isDead) => {
    expect(isTokenDead(answer(status, body))).toBe(isDead);
  });

  it.each([
    [400, {}, true],
    [403, {}, true],
    [422, {}, true],
    [429, {}, false],
    [500, {}, false],
    [500, { error: 'OidcAuthError' }, true],
    [503, {}, false],
    [307, {}, false],
    [401, '<html>', false],
    [404, '', false],
  ])('tells a login that is refused from one that cannot be had: %d %j', (status, body, isRefused) => {
    expect(isLoginRefused(answer(status, body))).toBe(isRefused);
  });

  it.each([400, 401, 403, 404, 410, 422])('is of something else where it is no JSON: status %i is down', (status) => {
    expect(failureOf(answer(status, '<html>404 not found'), 'host:443', 0)).toMatchObject({
      kind: 'down',
      message: `host:443 gave an answer that is none of Infisical (${status})`,
    });
  });

  it('tells a lockout and a lease that is gone by what is said, and by nothing that is named there', () => {
    expect(isLockedOut(answer(401, { message: 'This identity auth method is temporarily locked' }))).toBe(true);
    expect(isLockedOut(answer(401, { message: 'Invalid credentials' }))).toBe(false);
    expect(isLeaseGone(answer(404, { message: "Dynamic secret lease with ID 'x' not found" }))).toBe(true);
    expect(isLeaseGone(answer(404, { message: "Dynamic secret with name 'lease' not found" }))).toBe(false);
    expect(isLeaseGone(answer(500, { message: 'Dynamic secret lease' }))).toBe(false);
  });
});
