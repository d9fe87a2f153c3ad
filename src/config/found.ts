import { beginsLikeKey } from '../core/key-shape.js';

/**
 * What was found, in words that are safe to print: a configuration names secrets and never contains them, but a mistaken one may.
 * Long texts and those that look like a key are told by kind and length alone; what is shown is printable ASCII.
 */
export function found(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return String(value).length > 8 ? 'a number' : `the number ${value}`;
  if (typeof value !== 'string') return listOrSet(value);
  return isShown(value) ? quoted(value) : `a text of ${value.length} characters (not shown: it could be a secret)`;
}

function listOrSet(value: unknown): string {
  if (!Array.isArray(value)) return 'a set of keys';
  return value.length === 0 ? 'an empty list' : 'a list';
}

export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const longestShown = 24;

/** Well-known beginnings of keys, and letters and digits mixed in one long word, are not shown. */
function isShown(text: string): boolean {
  if (text.length > longestShown || beginsLikeKey(text)) return false;
  const words = text.match(/[A-Za-z0-9+/=_-]{12,}/g) ?? [];
  return !words.some((word) => /\d/.test(word) && /[A-Za-z]/.test(word));
}
