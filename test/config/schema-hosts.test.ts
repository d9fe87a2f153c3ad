import { describe, expect, it } from '@jest/globals';
import { destinationsSection, hostPatternText } from '../../src/config/schema-hosts.js';

const destinations = destinationsSection('/etc/k');

describe('a host pattern', () => {
  it.each([
    '',
    '*',
    '*.*.example',
    'a.*.example',
    'https://a.example',
    'a.example/',
    'u@a.example',
    'a.example.',
    'a.example:0443',
    'a.example:65536',
    '010.0.0.1',
  ])('is not %j', (host) => {
    expect(hostPatternText.safeParse(host).success).toBe(false);
  });

  it('is in canonical form, for port 443 where there is none', () => {
    expect(hostPatternText.parse('*.BÜCHER.example')).toEqual({
      wildcard: true,
      host: 'xn--bcher-kva.example',
      kind: 'name',
      port: 443,
    });
    expect(hostPatternText.parse('[::1]:8443')).toEqual({ wildcard: false, host: '::1', kind: 'ipv6', port: 8443 });
  });
});

describe('destinations are refused', () => {
  it.each([
    ['with a wildcard', { '*.example.com': {} }],
    ['with one host in two spellings', { 'a.example': {}, 'A.example:443': {} }],
    ['with a name as address', { 'a.example': { address: 'b.example' } }],
    ['with another spelling of an address', { 'a.example': { address: '127.1' } }],
    ['with the port 0', { 'a.example': { address: '127.0.0.1:0' } }],
    ['with a server name that is none', { 'a.example': { server_name: 'a b' } }],
    ['with the certificate of a client, which is to come', { 'a.example': { client_cert_file: 'a' } }],
  ])('%s', (_, value) => {
    expect(destinations.safeParse(value).success).toBe(false);
  });
});

describe('destinations', () => {
  it('are known by host and port', () => {
    const parsed = destinations.parse({
      'A.example': { address: '[::1]:9443', server_name: 'B.example', ca_file: 'r.pem' },
      'a.example:444': { allow_private: true },
    });
    expect([...parsed]).toEqual([
      [
        'a.example:443',
        { address: '[::1]:9443', caFile: '/etc/k/r.pem', serverName: 'b.example', allowPrivate: false },
      ],
      ['a.example:444', { caFile: undefined, allowPrivate: true }],
    ]);
  });
});
