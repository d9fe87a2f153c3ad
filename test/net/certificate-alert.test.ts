import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { certificateAlert, certificateRefusal, watchForAlert } from '../../src/net/certificate-alert.js';

const coded = (code: unknown): Error => Object.assign(new Error('what was sent'), { code });

describe('an error is no refusal of our certificate', () => {
  it.each([
    'ECONNRESET',
    'EPROTO',
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
    'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
    'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
    'ERR_SSL_CERTIFICATE_VERIFY_FAILED',
    'ERR_SSL_TLSV1_ALERT_toString',
    'XERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    48,
    undefined,
  ])('with the code %p', (code) => {
    expect(certificateAlert(coded(code))).toBeUndefined();
  });

  it('where it is none', () => {
    for (const error of [undefined, null, 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', {}])
      expect(certificateAlert(error)).toBeUndefined();
  });
});

describe('an alert about our certificate', () => {
  it.each([
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate required'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'unknown CA'],
    ['ERR_SSL_TLSV1_ALERT_ACCESS_DENIED', 'access denied'],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'bad certificate'],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'bad certificate'],
    ['ERR_SSL_SSL/TLS_ALERT_UNSUPPORTED_CERTIFICATE', 'unsupported certificate'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'certificate expired'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED', 'certificate revoked'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'certificate unknown'],
  ])('%s is told in words, and what stands in the error is not', (code, words) => {
    const refusal = certificateAlert(coded(code));
    expect(refusal).toMatchObject({
      code: 'certificate_refused',
      cause: { message: `the destination sent the TLS alert "${words}"`, name: 'Reason' },
    });
  });

  it('is remembered of a connection that has opened, and of no other', () => {
    const [watched, other, lost] = [new Socket(), new Socket(), new Socket()];
    for (const socket of [watched, other, lost]) watchForAlert(socket);
    watched.emit('error', coded('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'));
    lost.emit('error', coded('ECONNRESET'));
    expect(certificateRefusal(watched)).toMatchObject({ code: 'certificate_refused' });
    expect([certificateRefusal(other), certificateRefusal(lost), certificateRefusal(new Socket())]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
