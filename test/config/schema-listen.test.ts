import { describe, expect, it } from '@jest/globals';
import { isLocal, listenSection } from '../../src/config/schema-listen.js';

const section = listenSection('/etc/k');
const accepts = (listen: unknown): boolean => section.safeParse(listen).success;

describe('an address to listen at', () => {
  it.each([
    'localhost:1',
    '127.0.0.1',
    ':1',
    '127.0.0.1:',
    '127.0.0.1:65536',
    '127.0.0.1:01',
    '127.1:1',
    '::1:1',
    '[127.0.0.1]:1',
    'a.example:1',
    'unix:',
    'http://127.0.0.1:1',
    '',
  ])('is not %j', (address) => {
    expect(accepts({ proxy: [address] })).toBe(false);
  });

  it.each([
    ['127.0.0.1:0', { transport: 'tcp', host: '127.0.0.1', port: 0 }],
    ['[::1]:65535', { transport: 'tcp', host: '::1', port: 65535 }],
    ['unix:/a b', { transport: 'unix', path: '/a b' }],
    ['unix:a', { transport: 'unix', path: '/etc/k/a' }],
  ])('may be %s', (address, parsed) => {
    expect(section.parse({ proxy: [address] }).proxy).toEqual([parsed]);
  });
});

describe('the listener for health', () => {
  it.each(['127.0.0.1:1', 'unix:', '/run/a.sock'])('is not at %s', (admin) => {
    expect(accepts({ admin })).toBe(false);
  });

  it('is at a unix socket', () => {
    expect(section.parse({ admin: 'unix:/a' }).admin).toEqual({ transport: 'unix', path: '/a' });
  });
});

describe('local', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.255.255.255', true],
    ['128.0.0.1', false],
    ['0.0.0.0', false],
    ['::1', true],
    ['::', false],
  ])('is %s: %s', (host, local) => {
    expect(isLocal({ transport: 'tcp', host, port: 1 })).toBe(local);
  });
});
