import type { SecretVariable } from '../catalogue/service.js';

/** A secret as it stands in the value of a variable, and how the value reads with something else in its place. */
export interface SecretInValue {
  readonly secret: string;
  readonly replaceBy: (placeholder: string) => string;
}

/** Undefined where the value does not hold a secret in the way that the catalogue says. */
export function secretInValue(value: string, holds: SecretVariable['holds']): SecretInValue | undefined {
  switch (holds) {
    case undefined:
      return { secret: value, replaceBy: (placeholder) => placeholder };
    case 'json-headers':
      return inJsonHeaders(value);
    case 'base64-userinfo':
      return inUserinfo(value);
  }
}

/** `{"Authorization": "Bearer …", …}` */
function inJsonHeaders(value: string): SecretInValue | undefined {
  let headers: unknown;
  try {
    headers = JSON.parse(value);
  } catch {
    // No JSON: whatever it is, the check for leftovers looks at it.
    return undefined;
  }
  if (typeof headers !== 'object' || headers === null) return undefined;
  const field = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization');
  if (field === undefined || typeof field[1] !== 'string') return undefined;
  const [, scheme = '', secret = ''] = /^([\w-]+ +)?(\S+)$/.exec(field[1].trim()) ?? [];
  if (secret === '') return undefined;
  return { secret, replaceBy: (placeholder) => JSON.stringify({ ...headers, [field[0]]: scheme + placeholder }) };
}

/** The base64 of `user:secret` (RFC 7617 section 2: the first colon ends the user name). */
function inUserinfo(value: string): SecretInValue | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return undefined;
  const [, user, secret] = /^([^:]*):(.+)$/s.exec(Buffer.from(value, 'base64').toString('utf8')) ?? [];
  if (user === undefined || secret === undefined || !/^[\x20-\x7e]+$/.test(secret)) return undefined;
  return { secret, replaceBy: (placeholder) => Buffer.from(`${user}:${placeholder}`).toString('base64') };
}
