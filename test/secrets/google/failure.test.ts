import { describe, expect, it } from '@jest/globals';
import { failureOf } from '../../../src/secrets/google/failure.js';
import type { Unavailability } from '../../../src/secrets/unavailable.js';

function causeOf(status: number, body: unknown, headers: Record<string, string> = {}): Unavailability {
  const answer = { status, headers: new Map(Object.entries(headers)), text: JSON.stringify(body) };
  const asked = { name: 'storage', origin: 'oauth2.googleapis.com:443', shown: 'the assertion of key' };
  return failureOf(asked, answer, 0).cause as Unavailability;
}

describe('an answer of Google without success', () => {
  it.each([
    [400, 'invalid_grant', 'login'],
    [401, 'invalid_client', 'login'],
    [401, 'unauthorized_client', 'denied'],
    [403, 'access_denied', 'denied'],
    [400, 'invalid_scope', 'denied'],
    [400, 'invalid_target', 'denied'],
  ])('of status %i with the error %s is %s', (status, error, kind) => {
    const { message, kind: found } = causeOf(status, { error, error_description: 's3cr3t' });
    const why = `oauth2.googleapis.com:443 refused the assertion of key: ${error}`;
    expect([found, message]).toEqual([kind, `the secret storage is not available: ${why}`]);
  });

  it.each([
    [401, 'UNAUTHENTICATED', 'login'],
    [403, 'PERMISSION_DENIED', 'denied'],
    [404, 'NOT_FOUND', 'missing'],
    [400, 'INVALID_ARGUMENT', 'denied'],
  ])('of status %i with the status %s in its error is %s', (code, status, kind) => {
    const { message, kind: found } = causeOf(code, { error: { code, status, message: 's3cr3t' } });
    expect([found, message.endsWith(`refused the assertion of key: ${status}`)]).toEqual([kind, true]);
  });

  it.each([
    ['an error of its own', { error: 's3cr3t' }],
    ['an error by the name of what all objects have', { error: 'constructor' }],
    ['no error', {}],
    ['a list', ['s3cr3t']],
  ])('has %s: nothing of it goes on', (_, body) => {
    const { message, kind } = causeOf(403, body);
    expect(message).toMatch(/: oauth2.googleapis.com:443 answered with status 403 and no error that is known$/);
    expect(kind).toBe('denied');
    expect(causeOf(401, body).kind).toBe('login');
    expect(causeOf(404, body).kind).toBe('missing');
    expect(causeOf(400, body).kind).toBe('down');
  });

  it.each([400, 401, 403, 404])('is a matter of the moment where it is no JSON: status %i', (status) => {
    const answer = { status, headers: new Map<string, string>(), text: '<html>s3cr3t' };
    expect(failureOf({ name: 'x', origin: 'y:1', shown: 'z' }, answer, 0).cause).toMatchObject({ kind: 'down' });
  });

  it('is a matter of the moment where a gateway gives it, whatever it says', () => {
    expect(causeOf(503, { error: 'invalid_grant' }).kind).toBe('down');
    expect(causeOf(307, { error: 'invalid_grant' }).kind).toBe('down');
    expect(causeOf(429, { error: 'invalid_grant' }, { 'retry-after': '7' })).toMatchObject({
      kind: 'throttled',
      retryAfter: 7000,
    });
  });
});
