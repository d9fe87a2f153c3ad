import { addressBytes } from './address-bytes.js';

/** What an address is for. `public` is what the Internet routes; all else is somebody's inside, or nothing at all. */
export type AddressClass =
  | 'public'
  | 'private'
  | 'unique-local'
  | 'cgnat'
  | 'loopback'
  | 'link-local'
  | 'metadata'
  | 'multicast'
  | 'broadcast'
  | 'unspecified'
  | 'documentation'
  | 'benchmarking'
  | 'reserved'
  | 'invalid';

/** Where clouds hand out credentials: AWS (with ECS and EKS), Google, Azure, Alibaba, Oracle. */
export const metadata: ReadonlySet<string> = new Set(
  [
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fd20:ce::254',
  ].map((address) => bytesOf(address).toString('hex')),
);

export type Block = readonly [prefix: Buffer, bits: number, addressClass: AddressClass];

/** The IANA special-purpose registries (RFC 6890 and successors) and multicast; the first match decides. */
export const blocks4 = compile([
  ['0.0.0.0/32', 'unspecified'],
  ['0.0.0.0/8', 'reserved'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'cgnat'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'documentation'],
  ['192.88.99.0/24', 'reserved'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['255.255.255.255/32', 'broadcast'],
  ['240.0.0.0/4', 'reserved'],
  ['0.0.0.0/0', 'public'],
]);

export const blocks6 = compile([
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  ['fc00::/7', 'unique-local'],
  ['fe80::/10', 'link-local'],
  ['ff00::/8', 'multicast'],
  ['2001:2::/48', 'benchmarking'],
  ['2001:db8::/32', 'documentation'],
  ['2001::/23', 'reserved'],
  ['3fff::/20', 'documentation'],
  ['2000::/3', 'public'],
  ['::/0', 'reserved'],
]);

/** ::ffff:0:0/96, IPv4-mapped. */
export const mapped = bytesOf('::ffff:0:0');

/**
 * IPv4 inside IPv6: mapped and compatible (RFC 4291 section 2.5.5), translated (RFC 2765), NAT64 (RFC 6052),
 * 6to4 (RFC 3056), Teredo (RFC 4380: its server, and its client with every bit turned).
 * NAT64 of local use (64:ff9b:1::/48, RFC 8215) is not here: where its IPv4 address stands depends on the network's own prefix
 * length, so it can be read in more than one way, and stays reserved.
 */
export const embeddings: readonly {
  readonly block: Buffer;
  readonly bits: number;
  readonly at: number;
  readonly turned: boolean;
}[] = [
  { block: mapped, bits: 96, at: 12, turned: false },
  { block: bytesOf('::ffff:0:0:0'), bits: 96, at: 12, turned: false },
  { block: bytesOf('::'), bits: 96, at: 12, turned: false },
  { block: bytesOf('64:ff9b::'), bits: 96, at: 12, turned: false },
  { block: bytesOf('2002::'), bits: 16, at: 2, turned: false },
  { block: bytesOf('2001::'), bits: 32, at: 4, turned: false },
  { block: bytesOf('2001::'), bits: 32, at: 12, turned: true },
];

function compile(rows: readonly (readonly [block: string, addressClass: AddressClass])[]): readonly Block[] {
  return rows.map(([block, addressClass]) => {
    const [prefix = '', bits] = block.split('/');
    return [bytesOf(prefix), Number(bits), addressClass];
  });
}

function bytesOf(address: string): Buffer {
  const bytes = addressBytes(address);
  if (bytes === undefined) throw new TypeError(`${address} is not an address`);
  return bytes;
}
