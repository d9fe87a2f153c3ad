import { createHash, createHmac } from 'node:crypto';

/**
 * Who signed a request for `GetCallerIdentity`, as STS would say: Signature Version 4, counted anew from what came.
 * Throws where AWS would refuse, or Infisical before it.
 */
export function checkIdentity(
  body: Readonly<Record<string, unknown>>,
  keys: ReadonlyMap<string, { readonly secret: string; readonly token?: string }>,
  now: number,
): string {
  const text = (member: string): string => Buffer.from(String(body[member]), 'base64').toString();
  if (body['iamHttpRequestMethod'] !== 'POST') throw new Error('another method');
  if (text('iamRequestBody') !== 'Action=GetCallerIdentity&Version=2011-06-15') throw new Error('another question');
  const headers = JSON.parse(text('iamRequestHeaders')) as Record<string, string>;
  const authorization = headers['Authorization'] ?? headers['authorization'] ?? '';
  const [, id = '', day = '', region = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([a-z0-9-]{1,20})\/sts\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
      authorization,
    ) ?? [];
  const key = keys.get(id);
  if (key === undefined) throw new Error('no such key');
  const signed = names.split(';');
  for (const name of ['host', 'x-amz-date']) if (!signed.includes(name)) throw new Error(`${name} is not signed`);
  if (headers['host'] !== `sts.${region}.amazonaws.com`) throw new Error('another host');
  if (headers['x-amz-security-token'] !== key.token) throw new Error('another session token');
  if (key.token !== undefined && !signed.includes('x-amz-security-token')) throw new Error('the token is not signed');
  const date = headers['x-amz-date'] ?? '';
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(at - now) <= 15 * 60_000) || !date.startsWith(day)) throw new Error('another time');
  const canonical = [
    'POST',
    '/',
    '',
    ...signed.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    names,
    sha256(text('iamRequestBody')),
  ].join('\n');
  const scope = `${day}/${region}/sts/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const signing = [day, region, 'sts', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${key.secret}`);
  if (hmac(signing, toSign).toString('hex') !== signature) throw new Error('SignatureDoesNotMatch');
  return id;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
