// Uses S3, STS and Secrets Manager with the keys of the environment; prints what it got as JSON. Argument: a folder that has the SDK.
import { createRequire } from 'node:module';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';

const require = createRequire(`${process.argv[2]}/index.js`);
const { S3Client, PutObjectCommand, GetObjectCommand, ListObjectsV2Command } = require('@aws-sdk/client-s3');
const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
const { SecretsManagerClient, GetSecretValueCommand } = require('@aws-sdk/client-secrets-manager');
const { Upload } = require('@aws-sdk/lib-storage');
const { getSignedUrl } = require('@aws-sdk/s3-request-presigner');

const s3 = new S3Client({});
const Bucket = 'files';
const read = async (Key, more) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body.transformToByteArray();
const same = (bytes, expected) => Buffer.compare(Buffer.from(bytes), expected) === 0;
const body = randomBytes(100_000);
const large = randomBytes(11 * 1024 * 1024);
await s3.send(new PutObjectCommand({ Bucket, Key: "a/ü (1)+'*!~.bin", Body: body, Metadata: { note: 'two  spaces' } }));
await s3.send(
  new PutObjectCommand({ Bucket, Key: 'stream.bin', Body: Readable.from([body]), ContentLength: body.length }),
);
await new Upload({ client: s3, params: { Bucket, Key: 'large.bin', Body: Readable.from([large]) } }).done();
const presigned = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'stream.bin' }));
const put = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'put.bin' }));
await fetch(put, { method: 'PUT', body });
const listed = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'stream' }));
console.log(
  JSON.stringify({
    key: process.env.AWS_ACCESS_KEY_ID.length,
    get: same(await read("a/ü (1)+'*!~.bin"), body),
    range: same(await read('large.bin', { Range: 'bytes=5-9' }), large.subarray(5, 10)),
    list: listed.Contents.map(({ Key }) => Key),
    presigned: same(await (await fetch(presigned)).arrayBuffer(), body) && same(await read('put.bin'), body),
    sts: (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Account,
    secret: (await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: 'db' }))).ARN,
  }),
);
