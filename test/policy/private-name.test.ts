import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { classifyName, type NameClass } from '../../src/policy/private-name.js';

const table: readonly (readonly [NameClass, string])[] = [
  ['private', 'printer vault db01 com'],
  ['private', 'a.local a.internal a.corp a.home a.mail a.lan a.intranet a.private a.localdomain a.domain a.workgroup'],
  ['private', 'a.home.arpa home.arpa a.arpa ipv4only.arpa 1.0.0.127.in-addr.arpa a.onion a.alt'],
  ['private', 'a.test a.example a.invalid kubernetes.default.svc a.svc.cluster.local ip-10-0-0-1.ec2.internal a.zz'],
  ['loopback', 'localhost a.localhost a.b.localhost localhost.localdomain ip6-localhost ip6-loopback'],
  ['metadata', 'metadata metadata.google.internal metadata.goog metadata.azure.internal metadata.tencentyun.com'],
  ['metadata', 'instance-data instance-data.ec2.internal'],
  ['public', 'example.com api.github.com a.b.co.uk x.github.io a.xn--p1ai localhost.example.com internal.example.com'],
  ['public', 'local.com notlocalhost.com my-corp.com metadata.example.com a.goog s3.eu-central-1.amazonaws.com'],
];

describe('the class of a name', () => {
  it.each(table.flatMap(([nameClass, names]) => names.split(' ').map((name) => [name, nameClass] as const)))(
    '%s is %s',
    (name, nameClass) => {
      expect(classifyName(name)).toBe(nameClass);
    },
  );

  it('is public for nothing below a private suffix, however deep', () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
    const suffix = fc.constantFrom('local', 'internal', 'corp', 'lan', 'home.arpa', 'localhost', 'intranet', 'onion');
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 5 }), suffix, (labels, end) => {
        expect(classifyName([...labels, end].join('.'))).not.toBe('public');
      }),
    );
  });
});
