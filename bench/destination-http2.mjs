import { performServerHandshake } from 'node:http2';

const wanted = `Bearer ${process.env.BENCH_CREDENTIAL}`;

/** The destination in HTTP/2: `GET /json`, and the unary gRPC method `/bench.Bench/Get`, whose answer is the same document. */
export function serveHttp2(socket, document) {
  const session = performServerHandshake(socket, { settings: { maxConcurrentStreams: 1000 } });
  const message = framed(document);
  session.on('error', () => socket.destroy());
  session.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    stream.resume();
    if (headers.authorization !== wanted) stream.respond({ ':status': 401 }, { endStream: true });
    else if (headers[':path'] === '/json') {
      stream.respond({ ':status': 200, 'content-type': 'application/json', 'content-length': document.length });
      stream.end(document);
    } else {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(message);
    }
  });
}

/** A gRPC message: one byte that says it is not compressed, four of length. */
export function framed(bytes) {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}
