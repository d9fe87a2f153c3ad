import { afterEach, describe, expect, it } from '@jest/globals';
import { type BackendReply } from '../backend-server.js';
import { fetchContext } from '../context.js';
import { appKeys } from '../fakes/github.js';
import { acme, make, narrow, start, stop, why, withKey } from './under-test.js';

afterEach(stop);

describe('what GitHub refuses', () => {
  const said = async (reply: BackendReply, more: object = narrow): Promise<unknown> => {
    const { server: at, fake } = await start();
    fake.instead = ({ method }) => (method === 'POST' ? reply : undefined);
    const fetching = make(at, more).fetch(fetchContext(withKey()));
    return fetching.catch((error: unknown) => (error as Error).cause);
  };

  it.each<[string, BackendReply, object]>([
    ['its JWT', { status: 401, body: { message: 'Bad' } }, { kind: 'login' }],
    ['a suspended app', { status: 403, body: {} }, { kind: 'denied', retryAfter: undefined }],
    ['too much at once', { status: 403, headers: { 'retry-after': '60' } }, { kind: 'throttled', retryAfter: 60_000 }],
    ['another number', { status: 404, body: { message: 'Not Found' } }, { kind: 'missing' }],
    ['more than was granted', { status: 422, body: { message: 'No' } }, { kind: 'denied' }],
    ['a number, but by the page of a load balancer', { status: 404, body: '<html>' }, { kind: 'down' }],
    ['what has moved', { status: 301, headers: { location: '/elsewhere' } }, { kind: 'down' }],
    ['nothing, and says nothing', { status: 201, body: { token: 'short' } }, { kind: 'down' }],
    ['a line', { status: 201, body: { token: 'ghs_abc\r\nx-evil: 1', expires_at: '2040-01-01' } }, { kind: 'down' }],
  ])('is told by kind: %s', async (_, reply, expected) => {
    expect(await said(reply)).toMatchObject({ ...expected });
  });

  it('leaves GitHub alone until a used-up quota is whole again, an hour at most', async () => {
    const reset = (seconds: number): BackendReply => ({
      status: 403,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + seconds) },
    });
    const { kind, retryAfter } = (await said(reset(90))) as { kind: string; retryAfter: number };
    expect(kind).toBe('throttled');
    expect(retryAfter).toBeGreaterThan(80_000);
    expect(retryAfter).toBeLessThanOrEqual(90_000);
    await stop();
    expect(await said(reset(99_999))).toMatchObject({ kind: 'throttled', retryAfter: 3_600_000 });
  });

  it('is every other repository, permission, app and installation, by the fake that checks them', async () => {
    const { server: at } = await start();
    expect(await why(make(at, { owner: 'acme', repositories: ['acme/payroll'] }))).toMatch(/more repositories or perm/);
    expect(await why(make(at, { ...narrow, permissions: { issues: 'write' } }))).toMatch(/\(HTTP 422\)$/);
    expect(await why(make(at, { ...narrow, app_id: 13 }))).toMatch(/did not let the app in/);
    expect(await why(make(at), appKeys().pkcs8)).toMatch(/the private key, app_id or client_id, or the clock/);
    expect(await why(make(at, { installation_id: 8 }))).toMatch(/knows no such installation/);
    expect(await why(make(at, { owner: 'nobody' }))).toMatch(/knows no such installation/);
  });

  it('is an installation that is suspended', async () => {
    const app = acme();
    app.installations[0]!.suspended = true;
    const { server: at } = await start([app]);
    expect(await why(make(at))).toMatch(/suspended \(HTTP 403\)$/);
  });
});
