import { beginsLikeKey, couldBeKey, unshown } from '../core/key-shape.js';

/**
 * What was found, in words that are safe to print: a configuration names secrets and never contains them, but a mistaken one may.
 * Long texts and those that could be a key are told by kind and length alone; what is shown is printable ASCII.
 */
export function found(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return String(value).length > 8 ? 'a number' : `the number ${value}`;
  if (typeof value !== 'string') return listOrSet(value);
  return isShown(value) ? quoted(value) : `a text of ${value.length} characters ${unshown}`;
}

/** The same where a set of keys belongs: people put the secret itself in the place of what says where it is. */
export function foundForSet(value: unknown): string {
  if (typeof value === 'string' && value !== '') return `a text ${unshown}`;
  return typeof value === 'number' ? `a number ${unshown}` : found(value);
}

/** The same of a word that is near a known one, so that it is no secret, though it may have digits in it. */
export function foundNear(value: unknown): string {
  const isShort = typeof value === 'string' && value.length <= longestShown && !beginsLikeKey(value);
  return isShort ? quoted(value) : found(value);
}

/** A name that may be long, such as that of a host, unless it could be a key. */
export function quotedUnlessKey(text: string): string {
  return couldBeKey(text) ? found(text) : quoted(text);
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

function isShown(text: string): boolean {
  return text.length <= longestShown && !couldBeKey(text);
}
