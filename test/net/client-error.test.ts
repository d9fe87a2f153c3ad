import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { ClientError, clientError } from '../../src/net/client-error.js';

const failed = (code: unknown): ClientError =>
  clientError(Object.assign(new Error('POST s3cr3t-value'), { code }), 'vault.example:8200');

describe('why a backend gave no answer', () => {
  it.each([
    ['ECONNREFUSED', 'unreachable', 'vault.example:8200 cannot be reached (ECONNREFUSED)'],
    ['ENOTFOUND', 'unreachable', 'vault.example:8200 cannot be reached (ENOTFOUND)'],
    ['UND_ERR_SOCKET', 'unreachable', 'vault.example:8200 cannot be reached (UND_ERR_SOCKET)'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout', 'vault.example:8200 did not answer in time'],
    ['ETIMEDOUT', 'timeout', 'vault.example:8200 did not answer in time'],
    ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'too_large', 'vault.example:8200 answered with too much'],
    ['CERT_HAS_EXPIRED', 'tls', /8200 failed \(CERT_HAS_EXPIRED\): its certificate has expired/],
    ['CERT_NOT_YET_VALID', 'tls', /\(CERT_NOT_YET_VALID\): its certificate is not valid yet/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', /\(DEPTH_ZERO_SELF_SIGNED_CERT\): .*: name its CA as ca_file$/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls', /\(SELF_SIGNED_CERT_IN_CHAIN\): .*: name its CA as ca_file$/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls', /\(UNABLE_TO_VERIFY_LEAF_SIGNATURE\): .*: name its CA as ca_file$/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', /: its certificate is for another name: .* server_name$/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', /failed \(ERR_SSL_WRONG_VERSION_NUMBER\)$/],
    ['HPE_INVALID_CONSTANT', 'protocol', 'vault.example:8200 gave no answer that can be used (HPE_INVALID_CONSTANT)'],
    [undefined, 'protocol', 'vault.example:8200 gave no answer that can be used (unknown)'],
  ])('is told by the code of the error alone: %s', (code, kind, message) => {
    const error = failed(code);
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(message);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('s3cr3t');
  });

  it('is that of the first address where several were tried', () => {
    const errors = ['ECONNREFUSED', 'ENETUNREACH'].map((code) => Object.assign(new Error(code), { code }));
    expect(clientError(new AggregateError(errors), 'a:1').message).toBe('a:1 cannot be reached (ECONNREFUSED)');
    expect(clientError(new AggregateError([]), 'a:1')).toMatchObject({ kind: 'protocol' });
  });

  it('is told once: what is told already stays as it is', () => {
    const error = new ClientError('it is so', 'files');
    expect(clientError(error, 'a:1')).toBe(error);
    expect(clientError('a text', 'a:1')).toMatchObject({ kind: 'protocol' });
  });
});
