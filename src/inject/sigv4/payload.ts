import { createHash } from 'node:crypto';
import type { HeaderList } from '../../core/header-list.js';
import type { Signable, Signed } from '../index.js';
import { piped } from '../../core/piped.js';
import { unsignable } from './unsignable.js';
import { isChecksum, lengthInChunks, plainBody, unsignedChunks } from './unsigned-body.js';

const hashHeader = 'x-amz-content-sha256';
const unsignedPayload = 'UNSIGNED-PAYLOAD';
const unsignedTrailer = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
const lengthHeader = 'x-amz-decoded-content-length';

/** Whether its body has to be hashed, as nothing says what its hash is. */
export function statesNoHash(headers: HeaderList): boolean {
  return !headers.has(hashHeader);
}

/**
 * Makes the headers say how the body is signed, and says what the body goes through: nothing, unless it came in chunks that were signed
 * each by itself. Those go on unsigned, over TLS alone, which is what protects them then. Throws `unsignable`.
 */
export function preparePayload(request: Signable, isS3: boolean): Signed['body'] {
  const { headers, content, hasBody } = request;
  const [stated, ...others] = headers.all(hashHeader);
  if (others.length > 0) throw unsignable('states the hash of its body more than once');
  if (stated === undefined) {
    if (isS3) headers.set(hashHeader, hasBody && content === undefined ? overTls(request) : digest(content));
    else if (hasBody && content === undefined) throw unsignable('has a body whose hash nobody states');
    return undefined;
  }
  if (/^[0-9a-f]{64}$/i.test(stated)) {
    // What is in memory may be other than what the caller has hashed: a place has filled something in.
    if (content !== undefined) headers.set(hashHeader, digest(content));
    return undefined;
  }
  overTls(request);
  switch (stated) {
    case unsignedPayload:
    case unsignedTrailer:
      return undefined;
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
      return toPlain(request);
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      return toUnsignedChunks(request);
    default:
      throw unsignable(
        'has a body that is signed in parts, in a way that cannot be done anew (events, or several regions)',
      );
  }
}

function overTls({ scheme }: Signable): typeof unsignedPayload {
  if (scheme === 'https') return unsignedPayload;
  throw unsignable('has a body that is not signed, which is for TLS alone');
}

function digest(content: Buffer | undefined): string {
  return createHash('sha256')
    .update(content ?? '')
    .digest('hex');
}

function toPlain(request: Signable): Signed['body'] {
  const { headers } = request;
  const length = decodedLength(request);
  const codings = codingsOf(headers).filter((coding) => coding.toLowerCase() !== 'aws-chunked');
  headers.remove('content-encoding');
  if (codings.length > 0) headers.add('content-encoding', codings.join(', '));
  headers.remove(lengthHeader);
  headers.set('content-length', String(length));
  headers.set(hashHeader, unsignedPayload);
  return (body) => piped(body, plainBody(length));
}

function toUnsignedChunks(request: Signable): Signed['body'] {
  const { headers } = request;
  const length = decodedLength(request);
  const trailer = headers.all('x-amz-trailer').join().trim().toLowerCase();
  if (!isChecksum(trailer)) throw unsignable('announces another trailer than one checksum');
  if (headers.has('content-length')) headers.set('content-length', String(lengthInChunks(length, trailer)));
  headers.set(hashHeader, unsignedTrailer);
  return (body) => piped(body, unsignedChunks(length, trailer));
}

function decodedLength({ headers, content, hasBody }: Signable): number {
  if (content !== undefined || !hasBody) throw unsignable('has a body in signed chunks that another place has to see');
  const [stated = '', ...others] = headers.all(lengthHeader);
  const length = /^\d{1,16}$/.test(stated) ? Number(stated) : NaN;
  if (!Number.isSafeInteger(length) || others.length > 0)
    throw unsignable('has a body in signed chunks whose length it does not state');
  return length;
}

function codingsOf(headers: HeaderList): readonly string[] {
  return headers
    .all('content-encoding')
    .join()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '');
}
