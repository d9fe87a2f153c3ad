import { randomBytes } from 'node:crypto';
import { openTls } from './wire.mjs';

/**
 * WebSocket: `connections` of them, each with its next message of 200 bytes as soon as the last one is answered, for `seconds`.
 * Returns { done, errors, seconds }.
 */
export async function messageLoop(target, handshake, answerBytes, connections, seconds) {
  const count = { done: 0, errors: 0 };
  const sockets = await Promise.all(Array.from({ length: connections }, () => opened(target, handshake)));
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(sockets.map((socket) => talk(socket, answerBytes, end, count)));
  return { ...count, seconds: (performance.now() - start) / 1000 };
}

async function opened(target, handshake) {
  const socket = await openTls(target);
  socket.write(handshake);
  const [head] = await new Promise((resolve, reject) => {
    socket.once('data', (bytes) => resolve([bytes.latin1Slice(0, 12)]));
    socket.once('close', () => reject(new Error('closed in the handshake')));
  });
  if (head !== 'HTTP/1.1 101') throw new Error(`the handshake was answered ${head}`);
  return socket;
}

function talk(socket, answerBytes, end, count) {
  const message = masked(Buffer.from(JSON.stringify({ op: 1, d: 'x'.repeat(180) })));
  return new Promise((resolve) => {
    let left = answerBytes;
    socket.on('data', (bytes) => {
      left -= bytes.length;
      if (left > 0) return;
      if (left < 0) count.errors += 1;
      else count.done += 1;
      left = answerBytes;
      if (performance.now() < end) socket.write(message);
      else socket.destroy();
    });
    socket.on('close', resolve);
    socket.write(message);
  });
}

/** One text message in one frame, as a client has to send it (RFC 6455 section 5.3). */
function masked(text) {
  const key = randomBytes(4);
  const head = Buffer.from([0x81, 0x80 | 126, text.length >> 8, text.length & 0xff]);
  return Buffer.concat([head, key, Buffer.from(text.map((byte, i) => byte ^ key[i % 4]))]);
}
