/**
 * The destination: a TLS server that speaks just enough HTTP/1.1 to cost little. It answers 200 only where the request
 * carries the credential, and 401 otherwise, so that the load generator sees for each request whether it arrived.
 *   GET /json      a 700-byte JSON document
 *   GET /bytes/N   N random bytes
 *   GET /gzip      text as APIs send it, in gzip
 *   GET /socket    a WebSocket: each message is answered by the document in one
 * In HTTP/2 (`destination-http2.mjs`): the same document, and a gRPC method.
 * Prints its port. Environment: BENCH_CERTIFICATE, BENCH_KEY (paths), BENCH_CREDENTIAL.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { serveHttp2 } from './destination-http2.mjs';
import { acceptOf, answerMessages } from './destination-websocket.mjs';
import { compressedBytes } from './target.mjs';

const wanted = new RegExp(`\\r\\nauthorization: *Bearer ${process.env.BENCH_CREDENTIAL}\\r\\n`, 'i');
const json = response(200, 'application/json', 700);
const document = Buffer.concat([json, Buffer.from(JSON.stringify({ data: 'x'.repeat(700 - '{"data":""}'.length) }))]);
const refusal = response(401, 'text/plain', 0);
const missing = response(404, 'text/plain', 0);
const piece = randomBytes(64 * 1024);
const coded = gzipSync(text(compressedBytes));
const gzip = Buffer.concat([response(200, 'application/json', coded.length, 'Content-Encoding: gzip\r\n'), coded]);

const server = createServer(
  {
    cert: readFileSync(process.env.BENCH_CERTIFICATE),
    key: readFileSync(process.env.BENCH_KEY),
    ALPNProtocols: ['h2', 'http/1.1'],
  },
  (socket) => {
    let pending = '';
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    if (socket.alpnProtocol === 'h2') return void serveHttp2(socket, document.subarray(json.length));
    socket.on('data', function read(chunk) {
      pending += chunk.latin1Slice(0, chunk.length);
      for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
        const head = pending.slice(0, end + 2);
        pending = pending.slice(end + 4);
        if (!head.startsWith('GET /socket ') || !wanted.test(head)) answer(socket, head);
        else {
          socket.off('data', read);
          socket.write(upgraded(head));
          answerMessages(socket, document.subarray(json.length));
        }
      }
    });
  },
);
server.on('tlsClientError', () => undefined);
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => console.log(server.address().port));

function answer(socket, head) {
  const path = head.slice(0, head.indexOf('\r\n')).split(' ')[1];
  if (!wanted.test(head)) socket.write(refusal);
  else if (path === '/json') socket.write(document);
  else if (path === '/gzip') socket.write(gzip);
  else if (/^\/bytes\/\d+$/.test(path)) void sendBytes(socket, Number(path.slice('/bytes/'.length)));
  else socket.write(missing);
}

async function sendBytes(socket, size) {
  socket.write(response(200, 'application/octet-stream', size));
  for (let left = size; left > 0 && !socket.destroyed; left -= piece.length) {
    const room = socket.write(left < piece.length ? piece.subarray(0, left) : piece);
    if (!room) await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
  }
}

function upgraded(head) {
  const key = /\r\nsec-websocket-key: *(\S+)/i.exec(head)?.[1] ?? '';
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\n\r\n`;
}

function response(status, type, length, more = '') {
  return Buffer.from(`HTTP/1.1 ${status} Bench\r\nContent-Type: ${type}\r\n${more}Content-Length: ${length}\r\n\r\n`);
}

function text(length) {
  let records = '';
  for (let id = 0; records.length < length; id += 1) {
    records += `{"id":${id},"node_id":"${randomBytes(9).toString('base64')}","title":"Item ${id} is not found","state":"open"},\n`;
  }
  return records.slice(0, length);
}
