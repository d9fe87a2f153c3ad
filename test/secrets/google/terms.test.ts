import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../src/core/usage-error.js';
import { makeGoogle, readOnly } from './make.js';

const make = (options: Record<string, unknown>): unknown =>
  makeGoogle({ address: 'https://localhost:1', folder: '/nowhere' }, 'ca.pem', options);
const workload = { audience: '//iam.googleapis.com/x', token: 'platform' };
const account = 'a@b.iam.gserviceaccount.com';

describe('a secret from google', () => {
  it.each([
    [{ scopes: [readOnly] }, 'needs either service_account or workload_identity'],
    [
      { service_account: 'key', workload_identity: workload, scopes: [readOnly] },
      'needs either service_account or workload_identity',
    ],
    [{ service_account: 'key' }, 'needs either scopes or audience'],
    [{ service_account: 'key', scopes: [readOnly], audience: 'x' }, 'cannot have both scopes and audience'],
    [{ service_account: 'key', subject: 'ada', audience: 'x' }, 'cannot have both subject and audience'],
    [{ workload_identity: workload, scopes: [readOnly], subject: 'ada' }, 'can have subject with service_account only'],
    [
      { workload_identity: workload, audience: 'x' },
      'needs workload_identity.service_account for an ID token: workloads have none of their own',
    ],
    [
      { workload_identity: { audience: 'x' }, scopes: [readOnly] },
      'needs either token or token_file in workload_identity',
    ],
    [
      { workload_identity: { ...workload, token_file: 'x' }, scopes: [readOnly] },
      'needs either token or token_file in workload_identity',
    ],
  ])('is not made from %j', (options, why) => {
    expect(() => make(options)).toThrow(new UsageError(`The secret github, which comes from google, ${why}.`));
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
