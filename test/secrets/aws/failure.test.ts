import { describe, expect, it } from '@jest/globals';
import { asUnavailable } from '../../../src/secrets/answer.js';
import { AwsFailure, failureOf } from '../../../src/secrets/aws/failure.js';
import { Refusal } from '../../../src/core/refusal.js';
import { ClientError } from '../../../src/net/client-error.js';

const answer = (status: number, text: string, headers: Record<string, string> = {}) => ({
  status,
  text,
  headers: new Map(Object.entries(headers)),
});
const json = (type: unknown): string => JSON.stringify({ __type: type, Message: 'AKIA0 pw-3f9a' });
const xml = (code: string): string =>
  `<ErrorResponse><Error><Code>${code}</Code><Message>AKIA0 pw-3f9a</Message></Error></ErrorResponse>`;

describe('what AWS says no with', () => {
  it.each([
    [400, json('ResourceNotFoundException'), 'missing'],
    [404, json('ResourceNotFoundException'), 'missing'],
    [400, json('InvalidRequestException'), 'missing'],
    [400, json('com.amazonaws.secretsmanager#AccessDeniedException'), 'denied'],
    [400, json('DecryptionFailure'), 'denied'],
    [400, json('ThrottlingException'), 'throttled'],
    [400, json('ExpiredTokenException'), 'login'],
    [400, json('UnrecognizedClientException'), 'login'],
    [400, json('InvalidSignatureException'), 'login'],
    [403, xml('SignatureDoesNotMatch'), 'login'],
    [403, xml('AccessDenied'), 'denied'],
    [400, xml('IDPCommunicationError'), 'down'],
    [500, json('InternalServiceError'), 'down'],
    // A server that fails is not taken at its word.
    [500, json('ResourceNotFoundException'), 'down'],
    [403, '<html>', 'down'],
    [403, '{}', 'denied'],
    [404, '<html>', 'down'],
    [429, '{}', 'throttled'],
    [400, '{}', 'down'],
    [400, json('constructor'), 'down'],
    [400, json({}), 'down'],
    [307, '', 'down'],
  ])('with status %d and %s is %s', (status, text, kind) => {
    const failure = failureOf('aws:443', answer(status, text), 0);
    expect(failure.kind).toBe(kind);
    expect(failure.message).not.toContain('pw-3f9a');
  });

  it('is shown by the type of the error alone, and only where it looks like one', () => {
    const messageOf = (text: string): string => failureOf('aws:443', answer(400, text), 0).message;
    expect(messageOf(json('ValidationException:http://x/y'))).toBe(
      'aws:443 answered with status 400 (ValidationException): secret_id or version is nothing that it takes',
    );
    for (const type of ['AKIA0123456789ABCDEF', 'pw-3f9a', 'A', 'ab c', 'A'.repeat(80)]) {
      expect(messageOf(json(type))).toBe('aws:443 answered with status 400');
      expect(messageOf(xml(type))).toBe('aws:443 answered with status 400');
    }
    expect(messageOf(json('InvalidSignatureException'))).toContain('the clock of this machine');
  });

  it('says who has to do what where something is not allowed', () => {
    const of = (text: string): string => failureOf('aws:443', answer(400, text), 0).message;
    expect(of(json('AccessDeniedException'))).toMatch(
      /`keywright grants --for aws` prints the policy, which whoever administers/,
    );
    expect(of(xml('AccessDenied'))).toMatch(/trust policy .*`keywright grants --for aws` prints the policy\)$/);
    expect(of(json('ResourceNotFoundException'))).toMatch(/this region of the account has no secret of this name/);
  });

  it('may name its type in a header, and how long to wait', () => {
    const headers = { 'x-amzn-errortype': 'ThrottlingException', 'retry-after': '3' };
    expect(failureOf('aws:443', answer(400, '{}', headers), 0)).toMatchObject({ kind: 'throttled', retryAfter: 3000 });
  });
});

describe('the refusal of a secret', () => {
  it('has the kind and the words of the failure, and of a foreign error nothing', () => {
    expect(asUnavailable('db', new AwsFailure('no', 'login', 7))).toMatchObject({
      code: 'secret_unavailable',
      cause: { message: 'the secret db is not available: no', kind: 'login', retryAfter: 7 },
    });
    expect(asUnavailable('db', new ClientError('late', 'timeout'))).toMatchObject({ cause: { kind: 'down' } });
    const own = new Refusal('draining');
    expect(asUnavailable('db', own)).toBe(own);
  });
});
