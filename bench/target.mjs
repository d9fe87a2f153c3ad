import { createSecureContext } from 'node:tls';
import { framed } from './destination-http2.mjs';
import { host } from './materials.mjs';

const handshake =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** What the load needs to reach the destination through one started peer. `sockets` are those that are still open. */
export function makeTarget(running, { materials, destinationPort }) {
  const authority = `${host}:${destinationPort}`;
  const password = Buffer.from(`bench:${materials.token}`).toString('base64');
  const proxyHead = `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: Basic ${password}\r\n\r\n`;
  return {
    sockets: new Set(),
    proxyPort: running.port,
    destinationPort,
    host,
    secureContext: createSecureContext({ ca: running.trust }),
    proxyHead: Buffer.from(proxyHead),
  };
}

/** Bytes of the compressed answer, decoded: the destination makes it, and the figures are per byte of it. */
export const compressedBytes = 8 * 2 ** 20;

/** The request bytes, the same for each peer but for who puts the credential on. */
export function makeRequests(clientHoldsCredential, { materials, destinationPort, options }) {
  const credential = clientHoldsCredential ? `Authorization: Bearer ${materials.credential}\r\n` : '';
  const get = (path, more = '') =>
    Buffer.from(
      `GET ${path} HTTP/1.1\r\nHost: ${host}:${destinationPort}\r\nUser-Agent: bench\r\nAccept: */*\r\n${more}${credential}\r\n`,
    );
  const authorization = clientHoldsCredential ? { authorization: `Bearer ${materials.credential}` } : {};
  const fields = (method, path) => ({
    ':method': method,
    ':path': path,
    ':scheme': 'https',
    ':authority': `${host}:${destinationPort}`,
    'user-agent': 'bench',
    accept: '*/*',
    ...authorization,
  });
  return {
    json: get('/json'),
    bytes: get(`/bytes/${options.mib * 2 ** 20}`),
    gzip: get('/gzip', 'Accept-Encoding: gzip\r\n'),
    socket: get('/socket', handshake),
    http2: { headers: fields('GET', '/json'), body: undefined },
    grpc: {
      headers: { ...fields('POST', '/bench.Bench/Get'), 'content-type': 'application/grpc', te: 'trailers' },
      body: framed(Buffer.alloc(100, 'x')),
    },
  };
}
