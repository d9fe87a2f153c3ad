import { createHash, createHmac } from 'node:crypto';
import { reveal } from '../seal.js';
import { AwsFailure } from './failure.js';
import type { AwsKeys } from './keys.js';

/** A POST as it is about to be sent. */
export interface Unsigned {
  /** Whole, with the path that the address of the endpoint begins with. */
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SigningScope {
  readonly region: string;
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The headers of a request with its Signature Version 4 (docs.aws.amazon.com, "Create a signed AWS API request"), which covers its host,
 * its body and every header given. Without `host`: whoever sends it derives the same one from the URL. Throws `AwsFailure`.
 */
export async function signedHeaders(
  { url, headers, body }: Unsigned,
  keys: AwsKeys,
  { region, service, now }: SigningScope,
): Promise<Readonly<Record<string, string>>> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const credentials = credentialsOf(keys);
  const signer = new SignatureV4({ region, service, credentials, sha256: Sha256 });
  const { protocol, hostname, host, pathname: path } = url;
  const request = { method: 'POST', protocol, hostname, path, query: {}, headers: { ...headers, host }, body };
  const signed = await signer.sign(request, { signingDate: new Date(now) });
  return Object.fromEntries(Object.entries(signed.headers).filter(([name]) => name !== 'host'));
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

type Digest = ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

/** Node's SHA-256 in the form that the package asks for: with a secret an HMAC, else a digest. */
class Sha256 {
  #hash: Digest;
  readonly #begin: () => Digest;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#begin = () => (secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret)));
    this.#hash = this.#begin();
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#begin();
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
