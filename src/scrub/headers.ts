import type { HeaderList } from '../core/header-list.js';
import { searchesOf, type Needles } from './forms.js';
import { maskRanges } from './ranges.js';

/**
 * Masks what it finds in the values of a header or trailer section, in place, and drops fields whose name holds it.
 * Returns how many occurrences there were.
 */
export function scrubHeaders(headers: HeaderList, needles: Needles): number {
  const search = searchesOf(needles).inText;
  const { raw } = headers;
  // One search for the whole section while it is clean, as nearly all are: what stands in a field stands in their sum.
  const occurrences = search?.find(Buffer.from(raw.join('\n'), 'latin1')).ranges.length ?? 0;
  if (occurrences === 0) return 0;
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
