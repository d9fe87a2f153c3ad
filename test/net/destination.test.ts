import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../src/core/usage-error.js';
import { compileDestination } from '../../src/net/destination.js';

const fixed = (address: string): unknown => compileDestination({ address, allowPrivate: false }, []).fixed;

describe('a static address', () => {
  it.each([
    '',
    'a.test',
    'a.test:443',
    '10.0.0.1:',
    '10.0.0.1:0',
    '10.0.0.1:0443',
    '10.0.0.1:65536',
    '::1:x',
    '[10.0.0.1',
    '[a.test]:1',
    '10.0.0.1:1:2',
    '127.1',
  ])('is refused as %j', (address) => {
    expect(() => fixed(address)).toThrow(UsageError);
  });

  it.each([
    ['10.0.0.1', { address: '10.0.0.1', port: undefined }],
    ['10.0.0.1:8443', { address: '10.0.0.1', port: 8443 }],
    ['10.0.0.1:65535', { address: '10.0.0.1', port: 65535 }],
    ['::1', { address: '::1', port: undefined }],
    ['[::1]', { address: '::1', port: undefined }],
    ['[::1]:8443', { address: '::1', port: 8443 }],
  ])('is read from %s', (address, expected) => {
    expect(fixed(address)).toEqual(expected);
  });

  it('is none where there is none', () => {
    expect(compileDestination({ allowPrivate: true }, []).fixed).toBeUndefined();
  });
});

describe('the trust of a destination', () => {
  it('is the system alone where nothing is given', () => {
    expect(compileDestination({ allowPrivate: false }, [])).toMatchObject({ caPem: undefined, trustKey: '' });
  });

  it('is what is trusted for all, and its own', () => {
    expect(compileDestination({ allowPrivate: false, caPem: 'B' }, ['A']).caPem).toEqual(['A', 'B']);
    const all = ['A'];
    expect(compileDestination({ allowPrivate: false }, all).caPem).toBe(all);
  });

  it('has another key for other certificates, and the same for the same', () => {
    const key = (caPem: string): string => compileDestination({ allowPrivate: false, caPem }, []).trustKey;
    expect(key('A')).toBe(key('A'));
    expect(key('A')).not.toBe(key('B'));
  });
});
