import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** A request whose signature is to be checked: names of headers in lower case. */
export interface ToSign {
  readonly method: string;
  readonly path: string;
  /** Sorted and encoded, without `?`. */
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Scope {
  /** `20150830`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text, 'utf8').digest();

/**
 * Signature Version 4, written from docs.aws.amazon.com "Create a signed AWS API request" and nothing else, so that signing is not checked by
 * what signs. For paths that need no encoding.
 */
export function signatureOf(request: ToSign, signedHeaders: readonly string[], secret: string, scope: Scope): string {
  const canonical = [
    request.method,
    request.path,
    request.query ?? '',
    ...signedHeaders.map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
  const credentialScope = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], credentialScope, sha256(canonical)].join('\n');
  const key = [scope.date, scope.region, scope.service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secret}`);
  return hmac(key, toSign).toString('hex');
}

/** What the `Authorization` of a request says; undefined where it is none of Signature Version 4. */
export function authorizationOf(header: string) {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/, ]+)\/(\d{8})\/([^/, ]+)\/([^/, ]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
  const [, id, date, region, service, names, signature] = form.exec(header) ?? [];
  if (id === undefined || date === undefined || region === undefined || service === undefined) return undefined;
  return { id, scope: { date, region, service }, signedHeaders: names!.split(';'), signature: signature! };
}

/** Whether both the implementation above and the package's come to this signature. */
export async function isSignedWith(
  request: ToSign,
  { id, scope, signedHeaders, signature }: NonNullable<ReturnType<typeof authorizationOf>>,
  secret: string,
  token: string | undefined,
): Promise<boolean> {
  const own = signatureOf(request, signedHeaders, secret, scope);
  const signer = new SignatureV4({
    region: scope.region,
    service: scope.service,
    credentials: { accessKeyId: id, secretAccessKey: secret, ...(token !== undefined && { sessionToken: token }) },
    sha256: PlainSha256,
  });
  const headers = Object.fromEntries(signedHeaders.map((name) => [name, request.headers[name] ?? '']));
  const [year, month, day, hour, minute, second] = request.headers['x-amz-date']!.match(/\d\d/g)!.slice(1);
  const signingDate = new Date(`20${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const { method, path, body } = request;
  const theirs = await signer.sign(
    { method, protocol: 'https:', hostname: 'unused', path, query: {}, headers, body },
    { signingDate },
  );
  const [, other = ''] = /Signature=([0-9a-f]{64})$/.exec(theirs.headers['authorization'] ?? '') ?? [];
  return [own, other].every((expected) => timingSafeEqual(Buffer.from(expected), Buffer.from(signature)));
}

class PlainSha256 {
  readonly #parts: Buffer[] = [];
  readonly #secret: Uint8Array | undefined;

  constructor(secret?: unknown) {
    this.#secret = secret === undefined ? undefined : bytes(secret);
  }

  update(data: unknown): void {
    this.#parts.push(Buffer.from(bytes(data)));
  }

  digest(): Promise<Uint8Array> {
    const whole = Buffer.concat(this.#parts);
    const hash = this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
    return Promise.resolve(hash.update(whole).digest());
  }

  reset(): void {
    this.#parts.length = 0;
  }
}

function bytes(data: unknown): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data) : Buffer.from(data as Uint8Array);
}
