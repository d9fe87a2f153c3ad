import { coreLength, idLength, marker } from './marker.js';
import { escapedParts, percentDecoded } from './percent.js';

/** A core with the dashes of a UUID in it, or more of them. */
const longestCore = coreLength + idLength;
/** The same in base64, with some bytes before it, and line ends in it. */
export const longestEncoded = 96;

/** More than any spelling of a placeholder takes, from its first byte to its last: base64, each character percent-encoded. */
export const longestSpelling = 3 * longestEncoded;

const core = new RegExp(`^${marker}((?:-?[0-9a-f]){${idLength}})`);

/** The bytes that give the marker away in one spelling, and how to read what stands there. */
interface Spelling {
  readonly literal: Buffer;
  /** The text from the marker on, given where the literal was found. */
  readonly read: (bytes: Buffer, at: number) => string;
}

const raw: Spelling = {
  literal: Buffer.from(marker),
  read: (bytes, at) => bytes.toString('latin1', at, at + longestCore),
};

/**
 * In base64, and base64url (RFC 4648), three bytes are four characters: so there are three ways to spell the marker, by how many
 * bytes stand before it in its group. Characters that hold bits of the marker alone are always the same.
 */
const inBase64 = [0, 1, 2].map((before): Spelling => {
  const lead = Math.ceil((before * 8) / 6);
  const end = Math.floor(((before + marker.length) * 8) / 6);
  const encoded = Buffer.from('\0'.repeat(before) + marker).toString('base64');
  return {
    literal: Buffer.from(encoded.slice(lead, end)),
    read: (bytes, at) => {
      if (at < lead) return '';
      const group = bytes.toString('latin1', at - lead, at - lead + longestEncoded);
      return Buffer.from(group, 'base64').toString('latin1', before);
    },
  };
});

const spellings: readonly Spelling[] = [raw, ...inBase64];

const literals = spellings.map(({ literal }) => literal.toString('latin1'));

/** Whether a text (Latin-1) can hold a placeholder at all: nearly none can, and this tells so without making bytes of it. */
export function mayHoldPlaceholder(text: string): boolean {
  return text.includes('%') || literals.some((literal) => text.includes(literal));
}

/**
 * The ids of all placeholders in these bytes: as they are, in base64 or base64url at any alignment, percent-encoded in any
 * part, and in percent-encoded base64. What has the form of a core counts, whoever made it.
 */
export function placeholderIdsIn(bytes: Buffer): ReadonlySet<string> {
  const ids = new Set<string>();
  collect(bytes, ids);
  for (const part of escapedParts(bytes, longestEncoded)) collect(percentDecoded(part), ids);
  return ids;
}

function collect(bytes: Buffer, ids: Set<string>): void {
  for (const { literal, read } of spellings) {
    for (let at = bytes.indexOf(literal); at !== -1; at = bytes.indexOf(literal, at + 1)) {
      const [, id] = core.exec(read(bytes, at)) ?? [];
      if (id !== undefined) ids.add(id.replaceAll('-', ''));
    }
  }
}
