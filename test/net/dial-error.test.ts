import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { dialRefusal, refusesProtocols } from '../../src/net/dial-error.js';

const plain = new Socket();
const failed = Object.assign(new Socket(), { authorizationError: 'CERT_HAS_EXPIRED' });
const notYet = Object.assign(new Socket(), { authorizationError: null });
const coded = (code: string): Error => Object.assign(new Error(code), { code });

describe('what a failed dial is refused as', () => {
  it.each([
    ['ETIMEDOUT', 'destination_timeout'],
    ['ECONNREFUSED', 'destination_unreachable'],
    ['ECONNRESET', 'destination_unreachable'],
    ['EHOSTUNREACH', 'destination_unreachable'],
    ['ENETUNREACH', 'destination_unreachable'],
    ['EPROTO', 'destination_protocol'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'certificate_refused'],
    ['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', 'destination_protocol'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'destination_protocol'],
    ['UNHEARD_OF', 'destination_protocol'],
  ])('%s is %s', (code, refusal) => {
    expect(dialRefusal(coded(code), plain).code).toBe(refusal);
    expect(dialRefusal(coded(code), notYet).code).toBe(refusal);
  });

  it('any error is about the certificate once verification has failed', () => {
    expect(dialRefusal(coded('ECONNRESET'), failed).code).toBe('destination_certificate');
  });

  it('the end of a signal is a timeout or a way to be gone', () => {
    expect(dialRefusal(new DOMException('late', 'TimeoutError'), plain).code).toBe('destination_timeout');
    expect(dialRefusal(new DOMException('gone', 'AbortError'), plain).code).toBe('destination_unreachable');
  });

  it('a refusal stays as it is, and an error stays as the cause', () => {
    const refusal = new Refusal('draining');
    expect(dialRefusal(refusal, failed)).toBe(refusal);
    const cause = coded('EPROTO');
    expect(dialRefusal(cause, plain).cause).toBe(cause);
    expect(dialRefusal(undefined, plain).code).toBe('destination_protocol');
  });
});

describe('a destination that speaks none of the protocols offered', () => {
  it('is told by its alert', () => {
    expect(refusesProtocols(dialRefusal(coded('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL')))).toBe(true);
  });

  it.each([
    dialRefusal(coded('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')),
    new Refusal('destination_protocol'),
    coded('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'),
    undefined,
  ])('and by nothing else: %p', (error) => {
    expect(refusesProtocols(error)).toBe(false);
  });
});
