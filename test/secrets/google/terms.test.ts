import { describe, expect, it } from '@jest/globals';
import { mistakesOfSecret } from '../mistakes.js';
import { makeGoogle, readOnly } from './make.js';

const make = (options: Record<string, unknown>): unknown =>
  makeGoogle({ address: 'https://localhost:1', folder: '/nowhere' }, 'ca.pem', options);
const workload = { audience: '//iam.googleapis.com/x', token: 'token' };
const account = 'a@b.iam.gserviceaccount.com';

describe('a secret from google', () => {
  const neither = 'found neither';
  it.each([
    [{ scopes: [readOnly] }, `${neither} "service_account" nor "workload_identity"`],
    [
      { service_account: 'key', workload_identity: workload, scopes: [readOnly] },
      'found "workload_identity" beside "service_account"',
    ],
    [{ service_account: 'key' }, `${neither} "scopes" nor "audience"`],
    [{ service_account: 'key', scopes: [readOnly], audience: 'x' }, 'found "audience" beside "scopes"'],
    [{ service_account: 'key', subject: 'ada', audience: 'x' }, 'found "audience" beside "subject"'],
    [
      { workload_identity: workload, scopes: [readOnly], subject: 'ada' },
      'found "subject", which is for service_account',
    ],
    [
      { workload_identity: workload, audience: 'x' },
      '"service_account" is missing, which an ID token (audience) needs: workloads have none of their own',
    ],
    [{ workload_identity: { audience: 'x' }, scopes: [readOnly] }, `${neither} "token" nor "token_file"`],
    [{ workload_identity: { ...workload, token_file: 'x' }, scopes: [readOnly] }, 'found "token_file" beside "token"'],
  ])('is not made from %j', (options, why) => {
    expect(mistakesOfSecret({ from: 'google', ...options })).toEqual([expect.stringContaining(why)]);
  });

  it.each([
    { service_account: 'key', scopes: [] },
    { service_account: 'key', scopes: ['a b'] },
    { service_account: 'key', scopes: [readOnly], token_url: 'ftp://x' },
    { workload_identity: { ...workload, service_account: '../x' }, scopes: [readOnly] },
    { workload_identity: { ...workload, service_account: 'a@b/../c' }, scopes: [readOnly] },
    { workload_identity: { ...workload, secret: 'x' }, scopes: [readOnly] },
  ])('has no form that is let through in %j', (options) => {
    expect(() => make(options)).toThrow();
  });

  it.each([
    { service_account: 'key', scopes: [readOnly], subject: 'ada@example.com' },
    { service_account: 'key', audience: 'https://service.run.app' },
    { workload_identity: workload, scopes: [readOnly] },
    { workload_identity: { ...workload, service_account: account }, audience: 'https://service.run.app' },
  ])('is made from %j', (options) => {
    expect(() => make(options)).not.toThrow();
  });
});
