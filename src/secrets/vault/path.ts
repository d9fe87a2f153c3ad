import { z } from 'zod';
import { allowed, textOption } from '../allowed.js';

const aPath = allowed(
  'mount/path/of/it, without / at its ends, empty or dotted segments, ?, #, *, +, {{, \\ or control characters; a field is named where it is used, as in {jira.token}',
);
const withoutVersion = allowed(
  'a path as `vault read` takes it, mount/path/of/it, without the v1/ that stands before it in a URL',
);

/**
 * A path below `/v1/`, as it may stand in the configuration. What a URL parser would read otherwise (`..`, `?`, `#`) is refused rather
 * than encoded: a slip there would ask for another secret than the one that was meant. So is what a policy of Vault reads as more than itself.
 */
export const pathOption = z
  .string(aPath)
  .refine(isPath, aPath)
  .refine((text) => !text.startsWith('v1/'), withoutVersion);

const aMount = allowed('a path below auth/, such as approle or team/jwt, without / at its ends');

/** Where an auth method is enabled, below `auth/`. */
export const mountOption = z.string(aMount).refine(isPath, aMount);

/** Sent with every call; a namespace below another is written with `/`. */
export const namespaceOption = textOption(
  /^(?!\.)[\w.-]+(?:\/(?!\.)[\w.-]+)*\/?$/,
  'a namespace such as team-a or team-a/ci, without / at its beginning',
);

/** Vault answers 404 for what ends in a dot. */
function isPath(text: string): boolean {
  return !/[\0-\x1f\x7f?#*\\]|\{\{/.test(text) && !text.endsWith('.') && text.split('/').every(isSegment);
}

function isSegment(segment: string): boolean {
  return segment !== '' && segment !== '.' && segment !== '+' && segment !== '..' && !/\p{Surrogate}/u.test(segment);
}

/** Each segment percent-encoded, so that it is one segment to whoever reads it. */
export function encoded(path: string): string {
  return path.split('/').map(encodeSegment).join('/');
}

/** `encodeURIComponent` leaves `'` and others alone that are better not left to the reader. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The path that KV version 2 is read by: `data` stands between the mount and the rest. One that has it already stays as it is. */
export function withData(path: string, mount: string): string {
  const rest = path.slice(mount.length + 1);
  return rest.startsWith('data/') ? path : `${mount}/data/${rest}`;
}

export function firstSegment(path: string): string {
  return path.split('/')[0] ?? '';
}
