import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { Malformed } from '../../src/http1/malformed.js';
import type { ClientCertificate } from '../../src/net/client-certificate.js';
import { ConnectionLost } from '../../src/upstream/connection-lost.js';
import { dispatchRefusal, refusesCertificate } from '../../src/upstream/dispatch-error.js';

const shown = { secret: 'mtls', id: '1' } as ClientCertificate;
const reset = Object.assign(new Error('secret'), { code: 'ECONNRESET' });

describe('what went wrong with a destination', () => {
  it('is the refusal that it is, or one with the error as its cause', () => {
    const refusal = new Refusal('draining');
    const error = new Malformed('framing', 'x');
    expect(dispatchRefusal(refusal, shown)).toBe(refusal);
    expect(dispatchRefusal(error, shown)).toMatchObject({ code: 'destination_protocol', cause: error });
    expect(dispatchRefusal(new Malformed('coding', 'x'))).toMatchObject({ code: 'response_coding' });
  });

  it('may be that it does not take the certificate, where one was shown and the connection is gone', () => {
    const may = 'may not take the client certificate of the secret mtls';
    for (const [error, code] of [
      [new ConnectionLost(), 'destination_protocol'],
      [new Refusal('destination_unreachable', { cause: reset }), 'destination_unreachable'],
    ] as const) {
      expect(dispatchRefusal(error, shown)).toMatchObject({
        code,
        cause: { name: 'Reason', message: expect.stringContaining(may) },
      });
      expect((dispatchRefusal(error).cause as Error).message).not.toContain(may);
    }
    const refused = new Refusal('destination_unreachable', {
      cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }),
    });
    expect(dispatchRefusal(refused, shown)).toBe(refused);
  });

  it('is that it refused the certificate only where it said so', () => {
    expect(refusesCertificate(new Refusal('certificate_refused'))).toBe(true);
    for (const error of [new Refusal('destination_certificate'), new ConnectionLost(), undefined])
      expect(refusesCertificate(error)).toBe(false);
  });
});
