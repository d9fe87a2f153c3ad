import { reveal } from '../seal.js';
import { signPostV4, type SigV4Post } from '../../net/sigv4.js';
import { AwsFailure } from './failure.js';
import type { AwsKeys } from './keys.js';

export interface SigningScope {
  readonly region: string;
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The headers to send, all signed. Without `host`: whoever sends it derives the same one from the URL. Throws `AwsFailure`. */
export async function signedHeaders(
  request: SigV4Post,
  keys: AwsKeys,
  scope: SigningScope,
): Promise<Readonly<Record<string, string>>> {
  const signed = await signPostV4(request, { ...scope, ...credentialsOf(keys) });
  return Object.fromEntries(Object.entries(signed).filter(([name]) => name !== 'host'));
}

/** They stand in headers: a line break in them would make another header. */
function credentialsOf({ id, secret, token }: AwsKeys) {
  const accessKeyId = reveal(id);
  const secretAccessKey = reveal(secret);
  const sessionToken = token === undefined ? undefined : reveal(token);
  const isUsable = [secretAccessKey, sessionToken ?? 'none'].every((text) => /^[\x21-\x7e]{1,16384}$/.test(text));
  if (!isUsable || !/^\w{16,128}$/.test(accessKeyId)) {
    throw new AwsFailure('the access key, its secret or its session token does not have the form of one', 'login');
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
