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
  readonly method: string;
  /** As it goes on the wire, without the query. */
  readonly path: string;
  /** Decoded; a list where a name stands several times. */
  readonly query: Readonly<Record<string, string | string[]>>;
  /** Names in lower case, `host` among them. All are signed but those that a hop may change. */
  readonly headers: Readonly<Record<string, string>>;
  /** What is hashed where no `x-amz-content-sha256` among the headers states a hash. */
  readonly body: string | Buffer | undefined;
  /** Of the S3 family: its paths are signed as they stand, where others have them normalised and encoded a second time. */
  readonly plainPath?: boolean;
}

export interface SigV4Post {
  readonly url: URL;
  /** Names in lower case; `host` comes from the URL. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The headers of a POST with its signature, which covers its host, its body and every header given. */
export function signPostV4({ url, headers, body }: SigV4Post, terms: SigV4Terms): ReturnType<typeof signV4> {
  const request = { method: 'POST', path: url.pathname, query: {}, headers: { ...headers, host: url.host }, body };
  return signed(request, terms, true);
}

/**
 * The headers given, with `x-amz-date` and a Signature Version 4 in `authorization` (docs.aws.amazon.com, "Create a signed AWS API request").
 * A session token is among the headers already, or comes from `sessionToken`.
 */
export function signV4(request: SigV4Request, terms: SigV4Terms): Promise<Readonly<Record<string, string>>> {
  return signed(request, terms, false);
}

async function signed(
  { method, path, query, headers, body, plainPath = false }: SigV4Request,
  { region, service, accessKeyId, secretAccessKey, sessionToken, now }: SigV4Terms,
  applyChecksum: boolean,
): Promise<Readonly<Record<string, string>>> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  const options = { region, service, credentials, sha256: Sha256, applyChecksum, uriEscapePath: !plainPath };
  // Of protocol and host only what stands in the headers is signed.
  const request = {
    method,
    protocol: 'https:',
    hostname: '',
    path,
    query: { ...query },
    headers: { ...headers },
    body,
  };
  return (await new SignatureV4(options).sign(request, { signingDate: new Date(now) })).headers;
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
