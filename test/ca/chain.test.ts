import { describe, expect, it } from '@jest/globals';
import { type Chain, chainOf, endOf, parseCertificates, rootOf, subjectOf, trustOf } from '../../src/ca/chain.js';
import { authorityConstraints, authorityUsage, forServers, leafUsage } from '../../src/ca/extensions.js';
import { objectId, octets, encode, sequence } from '../../src/ca/der.js';
import { UsageError } from '../../src/core/usage-error.js';
import { anyPathLength, type Member, member } from './corporate.js';
import { failure } from './support.js';

const chain = (of: Member, ...others: Member[]): Chain =>
  chainOf(
    [...others, of].map(({ certificate }) => certificate),
    of.key,
    'cert.pem',
    'key.pem',
  );

describe('parsing certificates', () => {
  it.each([
    ['nothing', 'holds no certificate'],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'cannot be parsed'],
  ])('refuses %j', (pem, reason) => {
    const error = failure(() => parseCertificates(pem, 'x.pem'));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(reason);
  });

  it('finds them among comments, in their order', () => {
    const [a, b] = [member('a'), member('b')];
    const found = parseCertificates(`# a comment\n${a.pem}more\n${b.pem.replace(/\n/g, '\r\n')}`, 'x.pem');
    expect(found.map(subjectOf)).toEqual(['CN=a', 'CN=b']);
  });
});

describe('a chain', () => {
  const clientsOnly = sequence(objectId('2.5.29.37'), octets(encode(sequence(objectId('1.3.6.1.5.5.7.3.2')))));

  it.each([
    ['that may sign for clients only', [anyPathLength, authorityUsage, clientsOnly], /lacks serverAuth/],
    ['that is no CA', [authorityUsage], /is not that of a CA/],
  ])('is refused with a member %s', (_, extensions, reason) => {
    expect(failure(() => chain(member('one', { extensions }))).message).toMatch(reason);
    const root = member('root', { extensions });
    expect(failure(() => chain(member('one', { by: root }), root)).message).toMatch(reason);
  });

  it('is refused where its first may not sign certificates, and does not go on to such a one', () => {
    const extensions = [anyPathLength, leafUsage];
    expect(failure(() => chain(member('one', { extensions }))).message).toContain('is not that of a CA');
    const root = member('root', { extensions });
    expect(chain(member('one', { by: root }), root)).toHaveLength(1);
  });

  it('is refused where a member allows fewer CAs below it than there are', () => {
    const root = member('root', { extensions: [authorityConstraints(0), authorityUsage] });
    const error = failure(() => chain(member('one', { by: root }), root));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe('The certificate CN=root in cert.pem allows 0 CAs below it (path length), and 1 are.');
  });

  it('is refused without the certificate of the key', () => {
    const error = failure(() => chainOf([member('a').certificate], member('b').key, 'cert.pem', 'key.pem'));
    expect(error.message).toBe('The key in key.pem is not the key of the CA in cert.pem.');
  });

  it('does not take a namesake of the one that signed for it', () => {
    const root = member('root');
    const found = chain(member('one', { by: root }), member('root'), root);
    expect(found[1]).toBe(root.certificate);
    expect(chain(member('one', { by: root }), member('root'))).toHaveLength(1);
  });

  it('ends at the root, however far up it is, and is as good as its first end', () => {
    const root = member('root', { days: 2, extensions: [anyPathLength, authorityUsage, forServers] });
    const upper = member('upper', { by: root, days: 9 });
    const one = member('one', { by: upper, days: 5 });
    const found = chain(one, root, upper);
    expect(found.map(subjectOf)).toEqual(['CN=one', 'CN=upper', 'CN=root']);
    expect(rootOf(found)).toBe(root.certificate);
    expect(endOf(found)).toBe(Date.parse(root.certificate.validTo));
  });

  it('is trusted by its root, else by what signs', () => {
    const root = member('root');
    const one = member('one', { by: root });
    expect(trustOf(chain(one, root))).toBe(root.certificate);
    expect(trustOf(chain(one))).toBe(one.certificate);
    expect(rootOf(chain(one))).toBeUndefined();
  });
});
