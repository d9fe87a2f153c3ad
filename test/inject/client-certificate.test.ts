import { beforeAll, describe, expect, it } from '@jest/globals';
import { clientCertificateSigner } from '../../src/inject/client-certificate.js';
import type { Injection } from '../../src/inject/index.js';
import type { ClientCertificate } from '../../src/net/client-certificate.js';
import { credentials, headWith, somePlaceholders } from './credentials.js';
import { standIn } from '../../src/inject/guard.js';
import { clientCertificate, type KeyPairPem } from '../support/client-certificate.js';

const placeholders = somePlaceholders();
const make = (options: Record<string, string> = {}): Injection =>
  clientCertificateSigner.make({ secret: 'mtls', ...options }, { mode: 'set', placeholders });
let ours: KeyPairPem;
let other: KeyPairPem;
beforeAll(() => {
  ours = clientCertificate('keywright');
  other = clientCertificate('other');
});

it('cannot say when it would go in place of a placeholder', () => {
  expect(() => clientCertificateSigner.make({ secret: 'mtls' }, { mode: 'substitute', placeholders })).toThrow(
    'nothing of it travels in a request',
  );
});

describe('a client certificate', () => {
  it.each<[string, () => Record<string, string>, Record<string, string>]>([
    ['as Kubernetes has it', () => ({ tls_crt: ours.cert, tls_key: ours.key, ca_crt: other.cert }), {}],
    [
      'as Vault has it',
      () => ({ certificate: ours.cert, private_key: ours.key, issuing_ca: other.cert }),
      { chain: 'issuing_ca' },
    ],
    ['in one text', () => ({ value: `${ours.key}${ours.cert}` }), {}],
    ['under other names', () => ({ a: ours.cert, b: ours.key, cert: other.cert }), { certificate: 'a', key: 'b' }],
  ])('is found %s', (_, fields, options) => {
    const shown = make(options).certificate?.(credentials({ mtls: fields() }));
    expect(shown?.secret).toBe('mtls');
    expect(shown?.contextWith({})).toHaveProperty('context');
  });

  it.each<[string, () => Record<string, string>, Record<string, string>, string]>([
    [
      'no field that could be one',
      () => ({ other: 'something' }),
      {},
      'its field tls_key or private_key or key or value is not there',
    ],
    [
      'not the field that is named',
      () => ({ cert: ours.cert, key: ours.key }),
      { key: 'b' },
      'its field b is not there',
    ],
  ])('is refused where a secret has %s', (_, fields, options, why) => {
    const values = credentials({ mtls: fields() });
    const refusal = expect.objectContaining({
      code: 'secret_unavailable',
      cause: expect.objectContaining({ message: expect.stringContaining(why) }),
    });
    expect(() => make(options).inject(headWith([]), 'desk', values)).toThrow(refusal);
  });

  it('is read once for a version of its secret, and is another for each', () => {
    const injection = make();
    const one = credentials({ mtls: { cert: ours.cert, key: ours.key } });
    const two = credentials({ mtls: { cert: other.cert, key: other.key } });
    const shown = injection.certificate?.(one) as ClientCertificate;
    expect(injection.certificate?.(one)).toBe(shown);
    expect(injection.certificate?.(two).id).not.toBe(shown.id);
    expect(make().certificate?.(credentials({ mtls: { cert: ours.cert, key: ours.key } })).id).toBe(shown.id);
  });

  it('shows nothing of its key when it is printed', () => {
    const shown = make().certificate?.(credentials({ mtls: { cert: ours.cert, key: ours.key } }));
    const line = ours.key.split('\n')[1] ?? '';
    expect(JSON.stringify(shown)).not.toContain(line);
  });

  it('changes nothing of a request, and has the lines of its key looked for in answers', () => {
    const injection = make();
    expect(injection).toMatchObject({ place: 'client certificate', mode: 'set', fields: [], secrets: ['mtls'] });
    const head = headWith(['a', 'b'], '/c');
    expect(injection.wants(head, 'nobody')).toBe(true);
    const lines = injection.inject(head, 'desk', credentials({ mtls: { cert: ours.cert, key: ours.key } }));
    expect(lines).toEqual(ours.key.split('\n').filter((line) => line.length >= 16 && !line.startsWith('-')));
    expect([head.path, head.headers.raw]).toEqual(['/c', ['a', 'b']]);
    // The guard rehearses with something harmless.
    expect(injection.inject(head, 'desk', new Map([['mtls', standIn('mtls')]]))).toEqual([]);
  });
});
