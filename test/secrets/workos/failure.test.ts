import { describe, expect, it } from '@jest/globals';
import type { Unavailability } from '../../../src/secrets/unavailable.js';
import { failureOf } from '../../../src/secrets/workos/failure.js';

const asked = { name: 'deploy', origin: 'api.workos.com:443', what: 'the object x' };
const text = JSON.stringify({ message: 'sk_secret', code: 'sk_secret' });

function causeOf(status: number, headers: Record<string, string> = {}): Unavailability {
  return failureOf(asked, { status, headers: new Map(Object.entries(headers)), text }, 0).cause as Unavailability;
}

describe('an answer of WorkOS without success', () => {
  it.each([
    [400, 'denied', 'api.workos.com:443 does not accept the request for the object x (status 400)'],
    [401, 'login', 'api.workos.com:443 does not know the API key'],
    [403, 'denied', 'the API key may not read the object x at api.workos.com:443'],
    [404, 'missing', 'api.workos.com:443 has not got the object x'],
    [409, 'denied', 'api.workos.com:443 does not accept the request for the object x (status 409)'],
    [422, 'denied', 'api.workos.com:443 does not accept the request for the object x (status 422)'],
    [429, 'throttled', 'api.workos.com:443 wants to be asked less often'],
    [302, 'down', 'api.workos.com:443 answered with status 302 when asked for the object x'],
    [503, 'down', 'api.workos.com:443 answered with status 503 when asked for the object x'],
  ])('of status %i is %s', (status, kind, why) => {
    const { message, kind: found } = causeOf(status);
    expect([found, message]).toEqual([kind, `the secret deploy is not available: ${why}`]);
  });

  it.each([400, 401, 403, 404, 409, 422])('is none of WorkOS where it is no JSON: status %i is down', (status) => {
    const { kind, message } = failureOf(asked, { status, headers: new Map(), text: '<html>sk_secret' }, 0)
      .cause as Unavailability;
    expect([kind, message]).toEqual([
      'down',
      `the secret deploy is not available: api.workos.com:443 gave an answer with status ${status} that is none of WorkOS`,
    ]);
  });

  it.each([
    ['sk_secret', ''],
    ['x'.repeat(36), ''],
    ['01890dd2-60d2-7cc0-8000-0123456789ab, sk_secret', ''],
    ['01890dd2-60d2-7cc0-8000-0123456789ab', ' (request 01890dd2-60d2-7cc0-8000-0123456789ab)'],
    ['req_01HZX3VJ6N0000000000000000', ' (request req_01HZX3VJ6N0000000000000000)'],
  ])('names its request where that has the form of one: %s', (id, suffix) => {
    expect(causeOf(404, { 'x-request-id': id }).message.split('the object x')[1]).toBe(suffix);
  });

  it('says how long WorkOS wants to be left alone', () => {
    expect(causeOf(429, { 'retry-after': '7' }).retryAfter).toBe(7000);
  });
});
