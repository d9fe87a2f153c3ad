import { createHash, createHmac } from 'node:crypto';

export interface SigV4Terms {
  readonly region: string;
  readonly service: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface SigV4Request {
  readonly url: URL;
  /** Names in lower case; `host` comes from the URL. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The headers of a POST with its Signature Version 4 (docs.aws.amazon.com, "Create a signed AWS API request"), which covers its host, its
 * body and every header given.
 */
export async function signV4(
  { url, headers, body }: SigV4Request,
  { region, service, accessKeyId, secretAccessKey, sessionToken, now }: SigV4Terms,
): Promise<Readonly<Record<string, string>>> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  const signer = new SignatureV4({ region, service, credentials, sha256: Sha256 });
  const { protocol, hostname, host, pathname: path } = url;
  const request = { method: 'POST', protocol, hostname, path, query: {}, headers: { ...headers, host }, body };
  return (await signer.sign(request, { signingDate: new Date(now) })).headers;
}

type Digest = ReturnType<typeof createHash> | ReturnType<typeof createHmac>;
type Bytes = string | ArrayBuffer | ArrayBufferView;

/** Node's SHA-256 in the form that the package asks for: with a secret an HMAC, else a digest. */
class Sha256 {
  #hash: Digest;
  readonly #begin: () => Digest;

  constructor(secret?: Bytes) {
    this.#begin = () => (secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret)));
    this.#hash = this.#begin();
  }

  update(data: Bytes): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#begin();
  }
}

function bytesOf(data: Bytes): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
