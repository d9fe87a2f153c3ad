import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { asProxyRefusal, proxyRefusal, unwilling } from '../../src/net/proxy-refusal.js';

const coded = (code: string): Error => Object.assign(new Error(`secret-${randomBytes(9).toString('hex')}`), { code });

describe('what fails on the way to an upstream proxy is a refusal', () => {
  it.each<[unknown, string, string]>([
    [coded('ECONNREFUSED'), 'destination_unreachable', 'the upstream proxy cannot be reached (ECONNREFUSED)'],
    [coded('ETIMEDOUT'), 'destination_timeout', 'the upstream proxy did not answer in time'],
    [coded('EPROTO'), 'destination_unreachable', 'the upstream proxy cannot be reached (EPROTO)'],
    [new Error('secret'), 'destination_unreachable', 'the upstream proxy cannot be reached'],
    [
      coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
      'destination_unreachable',
      'the upstream proxy asks for a client certificate, and is shown none',
    ],
    [new Refusal('destination_timeout'), 'destination_timeout', 'the upstream proxy did not answer in time'],
    [
      new Refusal('destination_certificate', { cause: new Error('secret') }),
      'destination_unreachable',
      'the upstream proxy has no certificate that is valid for its name',
    ],
  ])('%#: %s', (error, code, message) => {
    const refusal = asProxyRefusal(error);
    expect(refusal).toMatchObject({ code, cause: { message } });
    expect(inspect(refusal, { depth: 9 })).not.toContain('secret');
  });

  it('which stays as it is where it says why already, or the caller gave up', () => {
    const known = proxyRefusal('destination_unreachable', 'is asleep');
    const gone = new Refusal('draining');
    expect([asProxyRefusal(known), asProxyRefusal(gone)]).toEqual([known, gone]);
    expect(asProxyRefusal(gone)).toBe(gone);
  });
});

describe('an answer that is no leave to go on', () => {
  it('names the keys to set only where credentials are wanted', () => {
    expect(unwilling(407).hint).toMatch(/proxy_username.*proxy_password_file/);
    expect([unwilling(403).hint, unwilling(502).hint]).toEqual([undefined, undefined]);
    expect(unwilling(502)).toMatchObject({ cause: { message: 'the upstream proxy answered CONNECT with 502' } });
  });
});
