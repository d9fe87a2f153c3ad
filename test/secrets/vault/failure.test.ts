import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../../src/core/refusal.js';
import { ClientError } from '../../../src/net/client-error.js';
import { failureOf, loginFailureOf, thrown, VaultFailure } from '../../../src/secrets/vault/failure.js';

const answered = (status: number, ...errors: string[]) => ({ status, errors, retryAfter: undefined, id: 'ab.1' });

describe('what an answer of Vault means', () => {
  it.each([
    [400, 'denied', 'login'],
    [401, 'denied', 'login'],
    [403, 'denied', 'login'],
    [404, 'missing', 'login'],
    [405, 'denied', 'login'],
    [412, 'down', 'down'],
    [413, 'denied', 'login'],
    [429, 'throttled', 'throttled'],
    [472, 'down', 'down'],
    [473, 'down', 'down'],
    [302, 'down', 'down'],
    [307, 'down', 'down'],
    [500, 'down', 'down'],
    [501, 'down', 'down'],
    [502, 'down', 'down'],
    [503, 'down', 'down'],
    [530, 'down', 'down'],
    [206, 'down', 'down'],
  ])('by status %d is %s for a secret and %s for a login', (status, kind, login) => {
    expect(failureOf(answered(status), 'vault:8200', 'kv/x').kind).toBe(kind);
    expect(loginFailureOf(answered(status), 'vault:8200', 'auth/x/login').kind).toBe(login);
  });

  it.each([400, 403, 404, 405, 429, 500, 503])('repeats nothing of its sentences, with status %d', (status) => {
    const said = answered(
      status,
      'pq: password "hunter2-hunter2" is wrong; permission denied; sealed; unknown role: x',
    );
    expect(failureOf(said, 'vault:8200', 'kv/x').message).not.toContain('hunter2');
    expect(loginFailureOf(said, 'vault:8200', 'kv/x').message).not.toContain('hunter2');
  });

  it('tells a path without an engine from one with nothing in it', () => {
    const said = answered(404, 'no handler for route "kw/data/x". route entry not found.');
    const failure = failureOf(said, 'vault:8200', 'kw/data/x');
    expect([failure.kind, failure.message]).toEqual([
      'missing',
      'vault:8200 has no engine mounted there (kw/data/x, request ab.1)',
    ]);
  });

  it('names the server, the path and the request', () => {
    expect(failureOf(answered(404), 'vault:8200', 'kv/x').message).toBe(
      'vault:8200 has nothing there (kv/x, request ab.1)',
    );
  });
});

describe('what is thrown', () => {
  const { signal } = new AbortController();

  it('is a refusal of the secret, with its kind and how long to wait', () => {
    expect(thrown('jira', new VaultFailure('why', 'throttled', 5), signal)).toMatchObject({
      code: 'secret_unavailable',
      cause: { kind: 'throttled', retryAfter: 5, message: 'the secret jira is not available: why' },
    });
    expect(thrown('jira', new ClientError('why', 'tls'))).toMatchObject({ cause: { kind: 'down' } });
  });

  it('is the reason of a signal that was aborted, and what was a refusal before', () => {
    const reason = new Refusal('draining');
    expect(thrown('jira', new Error('x'), AbortSignal.abort(reason))).toBe(reason);
    expect(thrown('jira', reason, signal)).toBe(reason);
  });
});
