import { createHash, createHmac } from 'node:crypto';

/** What signs: never leaves the process but for the ID of the key and the session token. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** The members of the login that prove who we are to AWS. */
export interface SignedIdentity {
  readonly iamHttpRequestMethod: 'POST';
  readonly iamRequestBody: string;
  readonly iamRequestHeaders: string;
}

const question = 'Action=GetCallerIdentity&Version=2011-06-15';

/**
 * A request to STS that tells who signed it, for Infisical to send (Signature Version 4; `GetCallerIdentity` needs no permission).
 * Whoever has it can ask that one question for 15 minutes. `now`: milliseconds since the epoch.
 */
export async function signedIdentity(region: string, keys: AwsKeys, now: number): Promise<SignedIdentity> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const hostname = `sts.${region}.amazonaws.com`;
  const signer = new SignatureV4({
    service: 'sts',
    region,
    credentials: {
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey,
      ...(keys.sessionToken !== undefined && { sessionToken: keys.sessionToken }),
    },
    sha256: Sha256,
    applyChecksum: false,
  });
  const { headers } = await signer.sign(
    {
      method: 'POST',
      protocol: 'https:',
      hostname,
      path: '/',
      headers: { host: hostname, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: question,
    },
    { signingDate: new Date(now) },
  );
  return {
    iamHttpRequestMethod: 'POST',
    iamRequestBody: Buffer.from(question).toString('base64'),
    iamRequestHeaders: Buffer.from(JSON.stringify(headers)).toString('base64'),
  };
}

/** Node's own SHA-256 in the form that the package wants. */
class Sha256 {
  readonly #key: Bytes | undefined;
  #hash: Digesting;

  constructor(key?: Bytes) {
    this.#key = key;
    this.#hash = this.#begun();
  }

  update(data: Bytes): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }

  reset(): void {
    this.#hash = this.#begun();
  }

  #begun(): Digesting {
    return this.#key === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(this.#key));
  }
}

type Digesting = ReturnType<typeof createHash> | ReturnType<typeof createHmac>;
type Bytes = string | ArrayBuffer | ArrayBufferView;

function bytesOf(data: Bytes): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
}
