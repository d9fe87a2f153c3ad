import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { verify, type Accepted, type ServerKeys } from '../inject/sigv4/verifier.js';
import type { TestAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';

export const region = 'eu-central-1';
export const awsHosts = [
  ...['s3', 'files.s3', 'sts', 'secretsmanager'].map((name) => `${name}.${region}.amazonaws.com`),
  'files.s3.amazonaws.com',
];

/** S3, STS and Secrets Manager, as far as clients need them here; whatever is not signed as AWS wants it is refused. */
export interface AwsServer {
  readonly origin: Origin;
  /** By key. */
  readonly objects: Map<string, Buffer>;
  /** Why requests were refused. */
  readonly refused: string[];
  /** How the bodies of requests were signed. */
  readonly payloads: Set<string>;
  close(): Promise<void>;
}

export async function startAws(authority: TestAuthority, keys: ServerKeys): Promise<AwsServer> {
  const state = { objects: new Map<string, Buffer>(), refused: [] as string[], payloads: new Set<string>() };
  const uploads = new Map<string, Buffer[]>();
  const origin = await startOrigin(authority, awsHosts, (request, response) => {
    void buffer(request).then((body) => {
      try {
        const { method = '', url = '', rawHeaders } = request;
        const accepted = verify({ method, url, rawHeaders, body }, keys);
        state.payloads.add(String(request.headers['x-amz-content-sha256']).replace(/^[0-9a-f]{64}$/, 'hash'));
        if (accepted.service === 's3') answerS3(request, response, accepted.content, state.objects, uploads);
        else answerOther(response, accepted, keys);
      } catch (error) {
        state.refused.push(String(error));
        response.writeHead(403, { 'content-type': 'application/xml' });
        response.end('<Error><Code>SignatureDoesNotMatch</Code><Message>refused</Message></Error>');
      }
    });
  });
  return { ...state, origin, close: () => origin.close() };
}

function answerOther(response: ServerResponse, { service }: Accepted, { id }: ServerKeys): void {
  if (service === 'sts') {
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/a</Arn><UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    );
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
  // It repeats the key that it was asked with, as messages of AWS do.
  response.end(JSON.stringify({ Name: 'db', SecretString: 'word', VersionId: 'v'.repeat(32), ARN: id }));
}

function answerS3(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  objects: Map<string, Buffer>,
  uploads: Map<string, Buffer[]>,
): void {
  const { pathname, searchParams } = new URL(request.url ?? '', 'https://s3');
  const key = decodeURIComponent(pathname).replace(/^\/(?:files\/)?/, '');
  const upload = searchParams.get('uploadId') ?? '';
  const etag = `"${createHash('md5').update(content).digest('hex')}"`;
  const xml = (text: string): unknown => response.writeHead(200, { 'content-type': 'application/xml' }).end(text);
  if (request.method === 'POST' && searchParams.has('uploads')) {
    uploads.set('one', []);
    xml(`<InitiateMultipartUploadResult><Key>${key}</Key><UploadId>one</UploadId></InitiateMultipartUploadResult>`);
  } else if (request.method === 'POST') {
    objects.set(key, Buffer.concat(uploads.get(upload) ?? []));
    xml(`<CompleteMultipartUploadResult><Key>${key}</Key><ETag>"x"</ETag></CompleteMultipartUploadResult>`);
  } else if (request.method === 'PUT') {
    const part = Number(searchParams.get('partNumber') ?? 0);
    if (part > 0) (uploads.get(upload) ?? [])[part - 1] = content;
    else objects.set(key, content);
    response.writeHead(200, { etag }).end();
  } else if (searchParams.has('list-type') || key === '' || key === 'files') {
    const prefix = searchParams.get('prefix') ?? '';
    const keys = [...objects].filter(([name]) => name.startsWith(prefix));
    const entries = keys.map(([name, { length }]) => `<Contents><Key>${name}</Key><Size>${length}</Size></Contents>`);
    xml(`<ListBucketResult><Name>files</Name><IsTruncated>false</IsTruncated>${entries.join('')}</ListBucketResult>`);
  } else answerObject(request, response, objects.get(key));
}

function answerObject(request: IncomingMessage, response: ServerResponse, object: Buffer | undefined): void {
  if (object === undefined) {
    response.writeHead(404, { 'content-type': 'application/xml' }).end('<Error><Code>NoSuchKey</Code></Error>');
    return;
  }
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const [from, to] = range === null ? [0, object.length - 1] : [Number(range[1]), Number(range[2])];
  const part = object.subarray(from, to + 1);
  const more = range === null ? {} : { 'content-range': `bytes ${from}-${to}/${object.length}` };
  const common = { 'content-length': part.length, 'last-modified': 'Sat, 28 Nov 2026 09:00:00 GMT', etag: '"x"' };
  response.writeHead(range === null ? 200 : 206, { ...common, ...more });
  response.end(request.method === 'HEAD' ? undefined : part);
}
