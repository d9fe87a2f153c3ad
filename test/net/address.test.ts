import { isIPv4 } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { classify, isAllowed, readings, unmapped, within } from '../../src/net/address.js';
import type { AddressClass } from '../../src/net/special-addresses.js';

/** First and last of each block, and the neighbours just outside it. */
const table: readonly (readonly [AddressClass, readonly string[]])[] = [
  [
    'metadata',
    ['169.254.169.254', '169.254.170.2', '169.254.170.23', '168.63.129.16', '100.100.100.200', '192.0.0.192'],
  ],
  ['metadata', ['fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254', 'FD00:0EC2:0::0254']],
  ['unspecified', ['0.0.0.0', '::', '0:0:0:0:0:0:0:0']],
  ['reserved', ['0.0.0.1', '0.255.255.255']],
  ['private', ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255']],
  ['public', ['9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0']],
  ['cgnat', ['100.64.0.0', '100.127.255.255', '100.100.100.199', '100.100.100.201']],
  ['public', ['100.63.255.255', '100.128.0.0', '1.0.0.0']],
  ['loopback', ['127.0.0.0', '127.0.0.1', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1']],
  ['public', ['126.255.255.255', '128.0.0.0', '168.63.129.15', '168.63.129.17']],
  ['link-local', ['169.254.0.0', '169.254.169.253', '169.254.169.255', '169.254.170.1', '169.254.255.255']],
  ['link-local', ['fe80::', 'fe80::1%eth0', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff']],
  ['public', ['169.253.255.255', '169.255.0.0']],
  [
    'reserved',
    ['192.0.0.0', '192.0.0.191', '192.0.0.255', '192.88.99.0', '192.88.99.255', '240.0.0.0', '255.255.255.254'],
  ],
  ['public', ['191.255.255.255', '192.0.1.0', '192.0.1.255', '192.88.98.255', '192.88.100.0']],
  ['documentation', ['192.0.2.0', '192.0.2.255', '198.51.100.0', '198.51.100.255', '203.0.113.0', '203.0.113.255']],
  ['public', ['192.0.3.0', '198.51.99.255', '198.51.101.0', '203.0.112.255', '203.0.114.0']],
  ['benchmarking', ['198.18.0.0', '198.19.255.255', '2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff']],
  ['public', ['198.17.255.255', '198.20.0.0']],
  ['multicast', ['224.0.0.0', '239.255.255.255', 'ff00::', 'ff02::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']],
  ['public', ['223.255.255.255']],
  ['broadcast', ['255.255.255.255']],
  ['unique-local', ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fd00:ec2::253', 'fd00:ec2::255']],
  [
    'reserved',
    ['fbff:ffff::', 'fe00::', 'fe7f:ffff::', 'fec0::', 'feff:ffff::', '100::', '5f00::', '4000::', '1fff:ffff::'],
  ],
  ['documentation', ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '3fff::', '3fff:fff:ffff::']],
  [
    'public',
    ['2001:db7:ffff::', '2001:db9::', '3ffe:ffff::', '3fff:1000::', '2001:200::', '2606:4700::1111', '2000::'],
  ],
  ['reserved', ['2001:1::1', '2001:2:1::', '2001:10::', '2001:1ff:ffff::']],
  [
    'reserved',
    ['64:ff9b:1::808:808', '64:ff9b:1:808:8:800::', '64:ff9b:2::808:808', '64:ff9a::808:808', '64:ff9b::1:808:808'],
  ],
  ['public', ['::ffff:8.8.8.8', '::8.8.8.8', '::ffff:0:8.8.8.8', '64:ff9b::8.8.8.8', '2002:808:808::1']],
  [
    'loopback',
    ['::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '::ffff:0:127.0.0.1'],
  ],
  ['metadata', ['::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::', '2606:4700::5efe:169.254.169.254']],
  [
    'public',
    [
      '2001:0:808:808:0:0:f7f7:f7f7',
      '2606:4700::5efe:8.8.8.8',
      '2606:4700::5eff:10.0.0.1',
      '2606:4700::400:5efe:10.0.0.1',
    ],
  ],
  ['private', ['2001:0:808:808:0:0:f5ff:fffe', '2606:4700::200:5efe:10.0.0.1', '2606:4700::5efe:10.0.0.1']],
  ['link-local', ['fe80::5efe:10.0.0.1', 'fe80::5efe:8.8.8.8']],
  ['loopback', ['fd00::5efe:127.0.0.1', '2002:808:808::5efe:127.0.0.1']],
  ['invalid', ['', 'localhost', '127.1', '0177.0.0.1', '0x7f000001', '2130706433', '1.2.3.4.', '::g', '[::1]']],
];

describe('the class of an address', () => {
  it.each(table.flatMap(([addressClass, addresses]) => addresses.map((address) => [address, addressClass] as const)))(
    'of %s is %s',
    (address, addressClass) => {
      expect(classify(address)).toBe(addressClass);
    },
  );

  it('is the strictest reading where Teredo names one address that may be allowed and one that never is', () => {
    expect(classify('2001:0:a00:1:0:0:5601:5601')).toBe('metadata');
    expect(classify('2001:0:a9fe:a9fe:0:0:f5ff:fffe')).toBe('metadata');
  });
});

const octet = fc.integer({ min: 0, max: 255 });
const special = fc.constantFrom(...table.flatMap(([, addresses]) => addresses).filter(isIPv4));
const ipv4 = fc.oneof(
  special,
  fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.')),
);

/** Every way to write an IPv4 address into an IPv6 one, NAT64 of local use with each of its prefix lengths included. */
const embedded: readonly (readonly [name: string, embed: (a: number, b: number) => string])[] = [
  ['mapped', (a, b) => `::ffff:${hex(a)}:${hex(b)}`],
  ['compatible', (a, b) => `::${hex(a)}:${hex(b)}`],
  ['translated', (a, b) => `::ffff:0:${hex(a)}:${hex(b)}`],
  ['NAT64', (a, b) => `64:ff9b::${hex(a)}:${hex(b)}`],
  ['NAT64 of local use, /96', (a, b) => `64:ff9b:1::${hex(a)}:${hex(b)}`],
  ['NAT64 of local use, /48', (a, b) => `64:ff9b:1:${hex(a)}:${hex(b >> 8)}:${hex((b & 0xff) << 8)}:808:808`],
  ['6to4', (a, b) => `2002:${hex(a)}:${hex(b)}::1`],
  ['Teredo, client', (a, b) => `2001:0:808:808:0:0:${hex(a ^ 0xffff)}:${hex(b ^ 0xffff)}`],
  ['Teredo, server', (a, b) => `2001:0:${hex(a)}:${hex(b)}:0:0:f7f7:f7f7`],
  ['ISATAP', (a, b) => `2606:4700:1:2:0:5efe:${hex(a)}:${hex(b)}`],
  ['ISATAP, unique', (a, b) => `2606:4700:1:2:200:5efe:${hex(a)}:${hex(b)}`],
];

function hex(group: number): string {
  return group.toString(16);
}

describe('an IPv4 address inside an IPv6 address', () => {
  it.each(embedded)('is refused where it is refused plain: %s', (_, embed) => {
    fc.assert(
      fc.property(ipv4, fc.boolean(), (address, allowPrivate) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
        const inside = embed(a * 256 + b, c * 256 + d);
        fc.pre(!isAllowed(classify(address), allowPrivate));
        expect([inside, isAllowed(classify(inside), allowPrivate)]).toEqual([inside, false]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('an IPv6 address that can be read in several ways', () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  const groups = fc.tuple(group, group, group, group, group, group, group, group);
  const parts = fc.array(ipv4, { minLength: 2, maxLength: 2 }).map((list) =>
    list.map((address) => {
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
      return [a * 256 + b, c * 256 + d] as const;
    }),
  );
  /** Addresses that hold two IPv4 addresses at once, in whatever combination of forms. */
  const ambiguous = parts.chain(([[a, b] = [0, 0], [c, d] = [0, 0]]) =>
    fc.constantFrom(
      `2001:0:${hex(a)}:${hex(b)}:0:0:${hex(c ^ 0xffff)}:${hex(d ^ 0xffff)}`,
      `2002:${hex(a)}:${hex(b)}:0:0:5efe:${hex(c)}:${hex(d)}`,
      `2002:${hex(a)}:${hex(b)}:0:200:5efe:${hex(c)}:${hex(d)}`,
      `2001:0:${hex(a)}:${hex(b)}:0:5efe:${hex(c)}:${hex(d)}`,
    ),
  );

  it('is allowed only where each reading is', () => {
    fc.assert(
      fc.property(ambiguous, fc.boolean(), (address, allowPrivate) => {
        const inner = [...readings(address)].slice(1).map((bytes) => Buffer.from(bytes, 'hex').join('.'));
        expect(inner.length).toBeGreaterThan(0);
        const each = inner.every((reading) => isAllowed(classify(reading), allowPrivate));
        expect([address, isAllowed(classify(address), allowPrivate) && !each]).toEqual([address, false]);
      }),
      { numRuns: 1000 },
    );
  });

  it('is never allowed as NAT64 of local use, whatever address it holds', () => {
    fc.assert(
      fc.property(groups, fc.boolean(), ([, , , d, e, f, g, h], allowPrivate) => {
        const address = ['64', 'ff9b', '1', ...[d, e, f, g, h].map(hex)].join(':');
        expect([address, isAllowed(classify(address), allowPrivate)]).toEqual([address, false]);
      }),
    );
  });

  it('is allowed only where each IPv4 address found in it is, whatever the bytes', () => {
    fc.assert(
      fc.property(groups, fc.boolean(), (all, allowPrivate) => {
        const address = all.map(hex).join(':');
        fc.pre(isAllowed(classify(address), allowPrivate));
        for (const bytes of [...readings(address)].filter((reading) => reading.length === 8)) {
          expect(isAllowed(classify(Buffer.from(bytes, 'hex').join('.')), allowPrivate)).toBe(true);
        }
      }),
    );
  });
});

describe('the readings of an address', () => {
  it.each([
    ['10.0.0.1', ['0a000001']],
    ['::1%lo', ['00000000000000000000000000000001', '00000001']],
    ['::ffff:10.0.0.1', ['00000000000000000000ffff0a000001', '0a000001']],
    ['2606:4700::1', ['26064700000000000000000000000001']],
    ['name', []],
  ])('%s are %j', (address, all) => {
    expect([...readings(address)]).toEqual(all);
  });

  it.each([
    [0, true],
    [8, true],
    [9, true],
    [10, false],
    [32, false],
  ])('agree in the first %i bits or not', (bits, agree) => {
    expect(within(Buffer.from([10, 0x40, 0, 0]), Buffer.from([10, 0x00, 0, 0]), bits)).toBe(agree);
  });
});

describe('what is allowed', () => {
  const all: readonly AddressClass[] = [...new Set(table.map(([addressClass]) => addressClass))];

  it('is the public alone', () => {
    expect(all.filter((addressClass) => isAllowed(addressClass, false))).toEqual(['public']);
  });

  it('is, where private ones are allowed, never this machine, its link or its metadata', () => {
    expect(new Set(all.filter((addressClass) => isAllowed(addressClass, true)))).toEqual(
      new Set(['public', 'private', 'cgnat', 'unique-local', 'documentation', 'benchmarking']),
    );
  });
});

describe('a mapped address', () => {
  it.each([
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:7f00:1', '127.0.0.1'],
    ['::10.0.0.1', '::10.0.0.1'],
    ['::1', '::1'],
    ['10.0.0.1', '10.0.0.1'],
    ['name', 'name'],
  ])('%s is dialled as %s', (address, dialled) => {
    expect(unmapped(address)).toBe(dialled);
  });
});
