import { addressBytes } from './address-bytes.js';
import { type AddressClass, type Block, blocks4, blocks6, embeddings, mapped, metadata } from './special-addresses.js';

/** `allowPrivate` opens an organisation's own networks. This machine, its link and its cloud's metadata stay shut. */
export function isAllowed(addressClass: AddressClass, allowPrivate: boolean): boolean {
  return addressClass === 'public' || (allowPrivate && internal.has(addressClass));
}

/** Networks that nobody announces to the world: private ones by their purpose, and those that laboratories take for private. */
const internal: ReadonlySet<AddressClass> = new Set([
  'private',
  'unique-local',
  'cgnat',
  'documentation',
  'benchmarking',
]);

/** The class of an address as DNS or a literal gives it. An IPv4 address inside an IPv6 address counts as itself. */
export function classify(address: string): AddressClass {
  const bytes = addressBytes(address);
  return bytes === undefined ? 'invalid' : classOf(bytes);
}

/** The IPv4 address of an IPv4-mapped one, which the system dials as IPv4; any other address as it is. */
export function unmapped(address: string): string {
  const bytes = addressBytes(address);
  const isMapped = bytes?.length === 16 && within(bytes, mapped, 96);
  return isMapped ? bytes.subarray(12).join('.') : address;
}

/** The address itself and every IPv4 address that can be read in it, each as hexadecimal bytes; empty for what is no address. */
export function readings(address: string): ReadonlySet<string> {
  const bytes = addressBytes(address);
  if (bytes === undefined) return new Set();
  const inner = bytes.length === 16 ? [...embeddedIn(bytes), ...throughIsatap(bytes)] : [];
  return new Set([bytes, ...inner].map((reading) => reading.toString('hex')));
}

/** Do the first `bits` bits of the address agree with those of the block? */
export function within(bytes: Buffer, block: Buffer, bits: number): boolean {
  const whole = bits >> 3;
  if (bytes.compare(block, 0, whole, 0, whole) !== 0) return false;
  const rest = bits & 7;
  return rest === 0 || ((bytes[whole] ?? 0) ^ (block[whole] ?? 0)) >> (8 - rest) === 0;
}

function classOf(bytes: Buffer): AddressClass {
  if (metadata.has(bytes.toString('hex'))) return 'metadata';
  if (bytes.length === 4) return lookUp(blocks4, bytes);
  const plain = lookUp(blocks6, bytes);
  if (plain === 'unspecified' || plain === 'loopback') return plain;
  const inner = embeddedIn(bytes).map(classOf);
  return strictest([...(inner.length > 0 ? inner : [plain]), ...throughIsatap(bytes).map(classOf)]);
}

/** Where an address can be read in several ways, the reading that is never allowed counts, then the one that seldom is. */
function strictest(classes: readonly AddressClass[]): AddressClass {
  return (
    classes.find((reading) => !isAllowed(reading, true)) ?? classes.find((reading) => reading !== 'public') ?? 'public'
  );
}

function embeddedIn(bytes: Buffer): readonly Buffer[] {
  return embeddings
    .filter(({ block, bits }) => within(bytes, block, bits))
    .map(({ at, turned }) => Buffer.from(bytes.subarray(at, at + 4).map((byte) => (turned ? byte ^ 0xff : byte))));
}

/** ISATAP (RFC 5214 section 6.1): an interface identifier of [02]00:5efe and an IPv4 address, under any prefix. */
function throughIsatap(bytes: Buffer): readonly Buffer[] {
  const marked = ((bytes[8] ?? 1) & 0xfd) === 0 && bytes.readUIntBE(9, 3) === 0x005efe;
  return marked ? [bytes.subarray(12)] : [];
}

function lookUp(blocks: readonly Block[], bytes: Buffer): AddressClass {
  return blocks.find(([block, bits]) => within(bytes, block, bits))?.[2] ?? 'reserved';
}
