import type { RequestHead } from '../../core/message.js';
import { readClaim, type Claimed } from './scope.js';
import { unsignable } from './unsignable.js';

/** A signature in the query: docs.aws.amazon.com, "Authenticating requests: using query parameters". */
const ofSignature: ReadonlySet<string> = new Set([
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
]);

interface Parameter {
  /** As it stands in the path. */
  readonly raw: string;
  /** Decoded, in lower case; empty where it cannot be decoded, which is found out when the request is signed. */
  readonly name: string;
  readonly value: string;
}

/** Whether the query has a signature with this access key ID. */
export function isPresignedBy(path: string, accessKeyId: string): boolean {
  return parametersOf(path).some(
    ({ name, value }) => name === 'x-amz-credential' && value.startsWith(`${accessKeyId}/`),
  );
}

/** Whether the query states the hash of the body. */
export function statesHash(path: string): boolean {
  return parametersOf(path).some(({ name }) => name === 'x-amz-content-sha256');
}

/** The signature in the query, if there is one. Throws `unsignable` where it cannot be read, or is of an older kind. */
export function presignedClaim(path: string): Claimed | undefined {
  const parameters = parametersOf(path);
  // Signature Version 2: two ways to authenticate at once are refused by AWS.
  if (parameters.some(({ name }) => name === 'awsaccesskeyid'))
    throw unsignable('is signed in the old way of version 2');
  if (!parameters.some(({ name }) => name === 'x-amz-signature' || name === 'x-amz-credential')) return undefined;
  const only = (wanted: string): string => {
    const [value, ...others] = parameters.filter(({ name }) => name === wanted).map((parameter) => parameter.value);
    if (value === undefined || others.length > 0) throw unsignable('has a signature in its query that cannot be read');
    return value;
  };
  only('x-amz-signature');
  return readClaim({
    algorithm: only('x-amz-algorithm'),
    credential: only('x-amz-credential'),
    signedHeaders: only('x-amz-signedheaders'),
  });
}

/**
 * Takes a signature out of the query. With `hoisted`, other parameters `x-amz-…` become the headers that they were before the SDK moved
 * them there to presign: in a request that is signed in its headers they would mean nothing.
 */
export function dropPresigned(head: RequestHead, hoisted: boolean): void {
  const parameters = parametersOf(head.path);
  const moved = hoisted
    ? parameters.filter(({ name }) => /^x-amz-[a-z0-9-]+$/.test(name) && !ofSignature.has(name))
    : [];
  for (const { name, value } of moved) {
    if (!/^[\x20-\x7e]+$/.test(value) || value.trim() !== value || head.headers.has(name))
      throw unsignable('has a parameter x-amz-… in its query that cannot become a header');
    head.headers.add(name, value);
  }
  const kept = parameters.filter((parameter) => !ofSignature.has(parameter.name) && !moved.includes(parameter));
  if (kept.length === parameters.length) return;
  const [path = ''] = head.path.split('?', 1);
  head.path = kept.length === 0 ? path : `${path}?${kept.map(({ raw }) => raw).join('&')}`;
}

function parametersOf(path: string): readonly Parameter[] {
  const query = path.indexOf('?');
  if (query === -1) return [];
  return path
    .slice(query + 1)
    .split('&')
    .map((raw) => {
      const equals = raw.indexOf('=');
      const [name, value] = equals === -1 ? [raw, ''] : [raw.slice(0, equals), raw.slice(equals + 1)];
      return { raw, name: decoded(name).toLowerCase(), value: decoded(value) };
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // It is looked at again, and refused, when the request is signed.
    return '';
  }
}
