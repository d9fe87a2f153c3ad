import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  compressionAlgorithms,
  Metadata,
  status,
  type Client,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { testAuthority } from '../support/certificates.js';
import { generatedSecret, startProxy, type TestProxy } from '../support/proxy.js';
import { ask, converseIn, echoService, grpcClient, grpcHost, startGrpcServer } from './grpc.js';

const secret = generatedSecret();
const authority = testAuthority();
const happened = new EventEmitter();
const seen: Metadata[] = [];

type Unary = ServerUnaryCall<string, string>;

/** The server: does what the message says. */
const methods = {
  Unary(call: Unary, answer: sendUnaryData<string>): void {
    seen.push(call.metadata);
    const trailing = new Metadata();
    trailing.set('x-end', 'of the call');
    if (call.request === 'fail') answer({ code: status.NOT_FOUND, details: 'there is no such thing' });
    else if (call.request === 'leak') {
      trailing.set('x-leak', secret);
      trailing.set('leak-bin', Buffer.from(secret));
      answer({ code: status.INTERNAL, details: `refused: ${secret}`, metadata: trailing });
    } else if (call.request === 'wait') call.once('cancelled', () => happened.emit('cancelled'));
    else {
      const initial = new Metadata();
      initial.set('x-first', String(call.metadata.get('authorization')[0] === `Bearer ${secret}`));
      call.sendMetadata(initial);
      answer(null, call.request === 'echo' ? `it was ${secret}.` : call.request, trailing);
    }
  },
  Upload(call: ServerReadableStream<string, string>, answer: sendUnaryData<string>): void {
    let bytes = 0;
    call.on('data', (message: string) => (bytes += message.length)).on('end', () => answer(null, String(bytes)));
  },
  Download(call: ServerWritableStream<string, string>): void {
    const piece = 'x'.repeat(1000);
    for (let i = 0; i < Number(call.request); i += 1) call.write(`${i} ${piece}`);
    call.end();
  },
  Talk(call: ServerDuplexStream<string, string>): void {
    call.on('data', (message: string) => call.write(message.toUpperCase())).on('end', () => call.end());
    call.once('cancelled', () => happened.emit('cancelled'));
  },
};

let proxy: TestProxy;
let client: Client;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  const server = await startGrpcServer(authority, methods, {
    'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
  });
  proxy = await startProxy({
    origins: { [`${grpcHost}:443`]: server.port },
    authority,
    environment: { SECRET: secret },
    yaml: `
secrets: { token: { from: env, name: SECRET, hosts: [${grpcHost}] } }
policies:
  - name: echo
    clients: [desk]
    hosts: [${grpcHost}]
    methods: [POST]
    paths: [/test.Echo/*]
    inject: [{ place: header, name: authorization, template: "Bearer {token}" }]`,
  });
  client = grpcClient(proxy.url, proxy.trustPem);
  closing.push(
    () => server.close(),
    () => proxy.close(),
    () => client.close(),
  );
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

describe('gRPC by its own client and server', () => {
  it('has the credential put into the metadata of a unary call, and its answer, metadata and status back', async () => {
    const { answer, code, initial, trailing } = await ask(client, 'hello');
    expect({ answer, code }).toEqual({ answer: 'hello', code: status.OK });
    expect(initial[0]?.get('x-first')).toEqual(['true']);
    expect(trailing.get('x-end')).toEqual(['of the call']);
    expect(seen.at(-1)?.get('authorization')).toEqual([`Bearer ${secret}`]);
  });

  it('is told a failure of the destination with its status and details', async () => {
    expect(await ask(client, 'fail')).toMatchObject({ code: status.NOT_FOUND, details: 'there is no such thing' });
  });

  it('never gets the credential back: not in a message, though the server compresses, nor in a status, nor in metadata', async () => {
    const echoed = await ask(client, 'echo');
    expect(echoed).toMatchObject({ code: status.OK, answer: `it was ${'*'.repeat(secret.length)}.` });
    const { code, details, trailing } = await ask(client, 'leak');
    expect({ code, details }).toEqual({ code: status.INTERNAL, details: `refused: ${'*'.repeat(secret.length)}` });
    expect(JSON.stringify(trailing.toJSON())).not.toContain(secret);
    expect(String(trailing.get('leak-bin')[0])).not.toContain(secret);
    expect(proxy.records().filter(({ kind, masked }) => kind === 'end' && Number(masked) > 0)).toHaveLength(2);
  });

  it('is refused with a gRPC status, which names no policy', async () => {
    const refused = await ask(client, 'x', { method: '/test.Other/Unary' });
    expect(refused).toMatchObject({ code: status.PERMISSION_DENIED, initial: [] });
    expect(refused.details).toContain('No policy allows this request.');
    expect(refused.trailing.get('x-keywright-request-id')).toHaveLength(1);
  });

  it('uploads as a stream', async () => {
    const total = await new Promise<string>((resolve, reject) => {
      const call = client.makeClientStreamRequest(
        echoService.Upload.path,
        (text: string) => Buffer.from(text),
        String,
        (error, value) => {
          if (error === null) resolve(value ?? '');
          else reject(error);
        },
      );
      for (let i = 0; i < 500; i += 1) call.write('y'.repeat(2000));
      call.end();
    });
    expect(total).toBe('1000000');
  });

  it('downloads as a stream, in order', async () => {
    const call = client.makeServerStreamRequest(
      echoService.Download.path,
      (text: string) => Buffer.from(text),
      String,
      '1000',
    );
    const numbers: number[] = [];
    call.on('data', (message: string) => numbers.push(Number.parseInt(message, 10)));
    const [{ code }] = (await once(call, 'status')) as [{ code: number }];
    expect({ code, numbers }).toEqual({ code: status.OK, numbers: Array.from({ length: 1000 }, (_, i) => i) });
  });

  it('talks in both directions, each message answered before the next is sent', async () => {
    const messages = Array.from({ length: 50 }, () => randomBytes(6).toString('hex'));
    expect(await converseIn(client, messages)).toEqual(messages.map((text) => text.toUpperCase()));
  });

  it('tells the destination that a deadline has passed', async () => {
    const cancelled = once(happened, 'cancelled');
    expect(await ask(client, 'wait', { deadline: 300 })).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    await cancelled;
  });

  it('tells the destination that a call was cancelled', async () => {
    const cancelled = once(happened, 'cancelled');
    const call = client.makeBidiStreamRequest(echoService.Talk.path, (text: string) => Buffer.from(text), String);
    call.on('error', () => undefined);
    call.once('data', () => call.cancel());
    call.write('hello');
    await cancelled;
  });

  it('has one record for each call, and the credential is in none', async () => {
    await ask(client, 'hello');
    const uses = proxy.records().filter(({ kind }) => kind === 'use');
    expect(uses.at(-1)).toMatchObject({ method: 'POST', path: '/test.Echo/Unary', policy: 'echo' });
    expect(proxy.written()).not.toContain(secret);
  });
});
