import { createHash } from 'node:crypto';

/** RFC 6455 section 4.2.2: what a server proves its reading of the handshake by. */
export function acceptOf(key) {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** Answers each message that comes, however many at once, with the document as one text message. */
export function answerMessages(socket, document) {
  const answer = Buffer.concat([Buffer.from([0x81, 126, document.length >> 8, document.length & 0xff]), document]);
  let pending = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    for (let size = frameSize(pending); size > 0 && pending.length >= size; size = frameSize(pending)) {
      if ((pending[0] & 0x0f) === 8) return void socket.end();
      pending = pending.subarray(size);
      socket.write(answer);
    }
  });
}

/** Bytes of the masked frame at the beginning, which is short here; 0 where that cannot be told yet. */
function frameSize(bytes) {
  if (bytes.length < 4) return 0;
  const short = bytes[1] & 0x7f;
  return short < 126 ? 6 + short : 8 + bytes.readUInt16BE(2);
}
