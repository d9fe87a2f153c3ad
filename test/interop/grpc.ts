import {
  type Client,
  credentials,
  makeGenericClientConstructor,
  Metadata,
  Server,
  ServerCredentials,
  type ChannelOptions,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { serverCertificate, type TestAuthority } from '../support/certificates.js';

const asBytes = (text: string): Buffer => Buffer.from(text);
const asText = (bytes: Buffer): string => bytes.toString();
const texts = {
  requestSerialize: asBytes,
  requestDeserialize: asText,
  responseSerialize: asBytes,
  responseDeserialize: asText,
};

/** One method of each kind; messages are texts. */
export const echoService = {
  Unary: { path: '/test.Echo/Unary', requestStream: false, responseStream: false, ...texts },
  Upload: { path: '/test.Echo/Upload', requestStream: true, responseStream: false, ...texts },
  Download: { path: '/test.Echo/Download', requestStream: false, responseStream: true, ...texts },
  Talk: { path: '/test.Echo/Talk', requestStream: true, responseStream: true, ...texts },
} satisfies ServiceDefinition;

export const grpcHost = 'grpc.example.com';

/** A gRPC server for that host over TLS. Resolves to its port, and what shuts it. */
export async function startGrpcServer(
  authority: TestAuthority,
  methods: UntypedServiceImplementation,
  options: ChannelOptions = {},
): Promise<{ port: number; close: () => void }> {
  const { cert, key } = serverCertificate(authority, [grpcHost]);
  const server = new Server(options);
  server.addService(echoService, methods);
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createSsl(null, [pair]), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { port, close: () => server.forceShutdown() };
}

const EchoClient = makeGenericClientConstructor(echoService, 'Echo');

/** A client that finds its proxy where gRPC looks for it: in the environment. */
export function grpcClient(proxyUrl: string, trustPem: string, options: ChannelOptions = {}): Client {
  process.env['grpc_proxy'] = proxyUrl;
  try {
    const client = new EchoClient(`${grpcHost}:443`, credentials.createSsl(Buffer.from(trustPem)), options);
    // The channel reads the environment when it is made.
    return client;
  } finally {
    delete process.env['grpc_proxy'];
  }
}

const { Unary } = echoService;

/** One unary call: its answer, and the metadata and status around it. Never rejects. */
export async function ask(client: Client, message: string, more: { deadline?: number; method?: string } = {}) {
  const initial: Metadata[] = [];
  const { deadline = 5000, method = Unary.path } = more;
  return new Promise<{ answer?: string; code: number; details: string; initial: Metadata[]; trailing: Metadata }>(
    (resolve) => {
      let answer: string | undefined;
      const call = client.makeUnaryRequest(
        method,
        asBytes,
        asText,
        message,
        new Metadata(),
        { deadline: Date.now() + deadline },
        (_, value) => (answer = value),
      );
      call.on('metadata', (metadata) => initial.push(metadata));
      call.on('status', ({ code, details, metadata }) => {
        // The callback comes right behind.
        setImmediate(() =>
          resolve({ ...(answer === undefined ? {} : { answer }), code, details, initial, trailing: metadata }),
        );
      });
    },
  );
}

/** A bidirectional call, as a conversation: each message sent, and the answer to it awaited. */
export function converseIn(client: Client, messages: readonly string[]): Promise<string[]> {
  const call = client.makeBidiStreamRequest(echoService.Talk.path, asBytes, asText);
  const answers: string[] = [];
  return new Promise((resolve) => {
    const next = (): void => {
      const message = messages[answers.length];
      if (message === undefined) call.end();
      else call.write(message);
    };
    call.on('error', () => undefined);
    call.on('status', () => resolve(answers));
    call.on('data', (answer: string) => {
      answers.push(answer);
      next();
    });
    next();
  });
}
