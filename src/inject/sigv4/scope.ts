import type { HeaderList } from '../../core/header-list.js';
import { unsignable } from './unsignable.js';

/** What a signature is for: see "Credential scope" in docs.aws.amazon.com, "Elements of an AWS API request signature". */
export interface Scope {
  readonly region: string;
  readonly service: string;
}

/** A signature of the caller: what it says, but for the time and the signature itself, which are made anew. */
export interface Claimed extends Scope {
  readonly accessKeyId: string;
  /** In lower case. */
  readonly signedHeaders: readonly string[];
}

const algorithm = 'AWS4-HMAC-SHA256';
const scopeForm = /^(.+)\/\d{8}\/([A-Za-z0-9-]{1,64})\/([A-Za-z0-9-]{1,64})\/aws4_request$/;
const headerNames = /^[a-z0-9!#$%&'*+.^_`|~-]+(?:;[a-z0-9!#$%&'*+.^_`|~-]+)*$/;

/** Services whose paths are signed as they stand, and whose bodies need not be hashed. */
const s3Family: ReadonlySet<string> = new Set(['s3', 's3express', 's3-object-lambda', 's3-outposts']);

export function isS3(service: string): boolean {
  return s3Family.has(service);
}

/** Whether an `Authorization` is a signature of this kind, of whatever algorithm. */
export function isSignature(authorization: string): boolean {
  return /^AWS4-/i.test(authorization);
}

/** Whether an `Authorization` has this access key ID. */
export function isSignedBy(authorization: string, accessKeyId: string): boolean {
  return isSignature(authorization) && authorization.includes(`Credential=${accessKeyId}/`);
}

/** Reads an `Authorization`. Throws `unsignable` for another algorithm, and for what AWS would not read either. */
export function readAuthorization(authorization: string): Claimed {
  const [name = '', ...rest] = authorization.split(' ');
  const pairs = rest
    .join(' ')
    .split(',')
    .map((pair) => /^ *([A-Za-z]+)=(\S*) *$/.exec(pair) ?? []);
  const parts = new Map(pairs.map(([, key = '', value = '']) => [key, value]));
  if (parts.size !== 3 || pairs.length !== 3 || !/^[0-9a-f]{64}$/i.test(parts.get('Signature') ?? '')) {
    throw unreadable(name);
  }
  return readClaim({
    algorithm: name,
    credential: parts.get('Credential') ?? '',
    signedHeaders: parts.get('SignedHeaders') ?? '',
  });
}

/** The parts of a signature, wherever they stood. Throws `unsignable`. */
export function readClaim(stated: {
  readonly algorithm: string;
  readonly credential: string;
  readonly signedHeaders: string;
}): Claimed {
  const [, accessKeyId, region, service] = scopeForm.exec(stated.credential) ?? [];
  const names = stated.signedHeaders.toLowerCase();
  if (stated.algorithm !== algorithm) throw unreadable(stated.algorithm);
  if (accessKeyId === undefined || region === undefined || service === undefined || !headerNames.test(names)) {
    throw unreadable(stated.algorithm);
  }
  return { accessKeyId, region, service, signedHeaders: names.split(';') };
}

function unreadable(stated: string): Error {
  return stated === algorithm
    ? unsignable('carries a signature that cannot be read')
    : unsignable('is signed in another way than AWS4-HMAC-SHA256 (as for several regions), which cannot be done anew');
}

/** What stands on the request from when its credentials are put there until it is signed: all of a signature but the signature. */
export function unfinished({ accessKeyId, region, service, signedHeaders }: Claimed): string {
  const credential = `${accessKeyId}/00000000/${region}/${service}/aws4_request`;
  return `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${'0'.repeat(64)}`;
}

/** Reads back what `unfinished` wrote. Throws `unsignable` where something else stands there. */
export function readUnfinished(headers: HeaderList): Claimed {
  const [authorization, ...others] = headers.all('authorization');
  if (authorization === undefined || others.length > 0)
    throw unsignable('has an authorization that another entry of its policy wrote');
  return readAuthorization(authorization);
}
