import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../src/core/usage-error.js';
import { serviceHosts } from '../../src/adopt/service-hosts.js';

const own = ['api.example.com', 'files.example.com'];

describe('hosts that a variable names are refused', () => {
  it.each([
    ['http://example.org', 'not an https URL'],
    ['ftp://example.org', 'not an https URL'],
    ['https://', 'not an https URL'],
    ['https://localhost:3000', 'reached through a proxy'],
    ['https://127.0.0.1', 'reached through a proxy'],
    ['https://[::1]/', 'reached through a proxy'],
    ['app.localhost', 'reached through a proxy'],
    ['*.example.org', 'reached through a proxy'],
    ['a b', 'reached through a proxy'],
    ['2130706433', 'reached through a proxy'],
    ['example.org/path', 'reached through a proxy'],
    ['user@example.org', 'reached through a proxy'],
  ])('as %s', (value, message) => {
    const attempt = () => serviceHosts(own, [{ variable: 'X_URL' }], { X_URL: value });
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow(
      `X_URL ${message === 'not an https URL' ? 'is ' : 'does not name a host that is '}${message}`,
    );
  });

  it('where none is set and the service has none of its own', () => {
    expect(() => serviceHosts([], [{ variable: 'A' }, { variable: 'B' }], { A: '', B: undefined })).toThrow(
      'A or B is not set',
    );
  });

  it('where a subdomain is more than a part of a name', () => {
    const source = { variable: 'SUB', hosts: ['{host}.example.com'] };
    expect(() => serviceHosts([], [source], { SUB: 'evil.test/' + '#' })).toThrow('SUB');
    expect(() => serviceHosts([], [source], { SUB: 'https://evil.test#' })).not.toThrow();
    expect(serviceHosts([], [source], { SUB: 'https://evil.test#' })).toEqual(['evil.test.example.com']);
  });
});

describe('hosts of a service', () => {
  it.each([
    [undefined, own],
    ['', own],
    ['https://corp.example.org/api/v4', ['corp.example.org']],
    ['https://corp.example.org:8443', ['corp.example.org:8443']],
    ['https://me:password@corp.example.org', ['corp.example.org']],
    ['Corp.Example.org', ['corp.example.org']],
    ['https://api.example.com/v1', own],
  ])('with the variable %s are %j', (value, expected) => {
    expect(serviceHosts(own, [{ variable: 'X_URL' }], { X_URL: value })).toEqual(expected);
  });

  it('may follow from a part of a name', () => {
    const hosts = serviceHosts([], [{ variable: 'H', hosts: ['{host}', 'api.{host}'] }], { H: 'acme.ghe.example' });
    expect(hosts).toEqual(['acme.ghe.example', 'api.acme.ghe.example']);
  });
});
