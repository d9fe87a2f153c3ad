import type { HeaderList } from '../core/header-list.js';
import { searchesOf, type Needles } from './forms.js';
import { maskRanges } from './ranges.js';

/** Where texts are written to be searched, when they fit: most heads do, and need no buffer of their own. */
const scratch = Buffer.alloc(16 * 1024);

/**
 * Masks what it finds in a status text and the header section after it; the fields in place, as `scrubHeaders` does.
 * Returns the status text, and how many occurrences there were in all.
 */
export function scrubHead(
  statusText: string,
  headers: HeaderList,
  needles: Needles,
): { readonly text: string; readonly masked: number } {
  // One search for all of it while it is clean, as nearly all are: what stands in one of the texts stands in their sum.
  if (!holds(`${statusText}\n${headers.raw.join('\n')}`, needles)) return { text: statusText, masked: 0 };
  const { text, masked } = scrubText(statusText, needles);
  return { text, masked: masked + scrubFields(headers, needles) };
}

/**
 * Masks what it finds in the values of a header or trailer section, in place, and drops fields whose name holds it.
 * Returns how many occurrences there were.
 */
export function scrubHeaders(headers: HeaderList, needles: Needles): number {
  return headers.raw.length > 0 && holds(headers.raw.join('\n'), needles) ? scrubFields(headers, needles) : 0;
}

function holds(text: string, needles: Needles): boolean {
  const search = searchesOf(needles).inText;
  if (search === undefined) return false;
  const fits = text.length <= scratch.length;
  const bytes = fits ? scratch.subarray(0, scratch.write(text, 'latin1')) : Buffer.from(text, 'latin1');
  return search.find(bytes).ranges.length > 0;
}

function scrubFields({ raw }: HeaderList, needles: Needles): number {
  let masked = 0;
  let kept = 0;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const inName = scrubText(name, needles).masked;
    const value = scrubText(raw[i + 1] as string, needles);
    masked += inName + value.masked;
    if (inName > 0) continue;
    raw[kept] = name;
    raw[kept + 1] = value.text;
    kept += 2;
  }
  raw.length = kept;
  return masked;
}

/** Masks what it finds in a text of Latin-1 characters: a status text, a field value as Node gives it. */
export function scrubText(text: string, needles: Needles): { readonly text: string; readonly masked: number } {
  const bytes = Buffer.from(text, 'latin1');
  const ranges = searchesOf(needles).inText?.find(bytes).ranges ?? [];
  if (ranges.length === 0) return { text, masked: 0 };
  maskRanges(bytes, ranges);
  return { text: bytes.toString('latin1'), masked: ranges.length / 2 };
}
