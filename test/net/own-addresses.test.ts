import { networkInterfaces } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { OwnAddresses } from '../../src/net/own-addresses.js';

const machine = ['127.0.0.1', '::1', '203.0.114.7', '2606:4700::7', 'fe80::7'];

function listeningOn(host: string, interfaces: () => readonly string[] = () => machine): OwnAddresses {
  const own = new OwnAddresses(interfaces);
  own.add(host, 8700);
  return own;
}

const spellings = [
  '::ffff:203.0.114.7',
  '::ffff:cb00:7207',
  '::203.0.114.7',
  '::ffff:0:203.0.114.7',
  '64:ff9b::cb00:7207',
  '2002:cb00:7207::1',
  '2001:0:808:808:0:0:34ff:8df8',
  '2606:4700::5efe:203.0.114.7',
];

describe('an address of our own', () => {
  it.each(['203.0.114.7', ...spellings, '0.0.0.0', '::', '::ffff:0.0.0.0'])(
    'is %s, where we listen on that address and port',
    (address) => {
      const own = listeningOn('203.0.114.7');
      expect([own.isOwn(address, 8700), own.isOwn(address, 8701)]).toEqual([true, false]);
    },
  );

  it.each(['0.0.0.0', '::'])('is each of this machine, where we listen on %s', (host) => {
    const own = listeningOn(host);
    const all = [
      ...machine,
      ...spellings,
      'fe80::7%eth0',
      'fe80::7%3',
      '127.0.0.2',
      '::ffff:127.9.9.9',
      '0.0.0.0',
      '::',
    ];
    expect(all.filter((address) => !own.isOwn(address, 8700))).toEqual([]);
    expect(all.filter((address) => own.isOwn(address, 8701))).toEqual([]);
    expect(own.isOwn('203.0.114.8', 8700)).toBe(false);
  });

  it('is with any zone id the same', () => {
    const own = listeningOn('fe80::7%eth0');
    expect(['fe80::7', 'fe80::7%eth1', 'FE80:0::7%2'].map((address) => own.isOwn(address, 8700))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('is not another one, and not what is no address', () => {
    const own = listeningOn('127.0.0.1');
    expect(['127.0.0.2', '203.0.114.7', '::1', 'localhost', ''].filter((other) => own.isOwn(other, 8700))).toEqual([]);
  });

  it('counts too where the machine got it after we began to listen', () => {
    const addresses = ['127.0.0.1'];
    const own = listeningOn('0.0.0.0', () => addresses);
    expect(own.isOwn('203.0.114.9', 8700)).toBe(false);
    addresses.push('203.0.114.9');
    expect(own.isOwn('203.0.114.9', 8700)).toBe(true);
  });

  it('is read from the system', () => {
    const own = new OwnAddresses();
    own.add('::', 8700);
    const all = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
    expect(all.length).toBeGreaterThan(0);
    expect(all.filter((address) => !own.isOwn(address, 8700))).toEqual([]);
  });
});
