import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';

/**
 * One client connection, cheap and the same for every peer: pre-built request bytes, and a reader that knows only responses
 * with a Content-Length. `target`: { proxyPort (null = direct), destinationPort, authority, host, secureContext, proxyHead }.
 */
export function openTcp(target) {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ port: target.proxyPort ?? target.destinationPort, host: '127.0.0.1', noDelay: true });
    target.sockets.add(socket);
    socket.on('error', reject);
    socket.once('close', () => {
      target.sockets.delete(socket);
      reject(new Error('closed before it was established'));
    });
    socket.once('connect', () => {
      if (target.proxyPort === null) resolve(socket);
      else establish(socket, target, resolve, reject);
    });
  });
}

function establish(socket, target, resolve, reject) {
  let head = '';
  const read = (chunk) => {
    head += chunk.latin1Slice(0, chunk.length);
    if (!head.includes('\r\n\r\n')) return;
    socket.off('data', read);
    socket.pause();
    if (head.slice(9, 12) === '200') resolve(socket);
    else reject(new Error(`CONNECT was answered with ${head.slice(0, head.indexOf('\r\n'))}`));
  };
  socket.on('data', read);
  socket.write(target.proxyHead);
}

/** An established TLS connection with the destination's name, ready for `exchanger`. No session is ever resumed. */
export async function openTls(target, protocols = ['http/1.1']) {
  const socket = await openTcp(target);
  return new Promise((resolve, reject) => {
    const secure = connectTls({
      socket,
      servername: target.host,
      secureContext: target.secureContext,
      ALPNProtocols: protocols,
    });
    target.sockets.add(secure);
    secure.on('error', reject);
    secure.once('close', () => {
      target.sockets.delete(secure);
      reject(new Error('closed during the handshake'));
    });
    secure.once('secureConnect', () => resolve(secure));
  });
}

/**
 * Returns `send(request)`, one at a time. `onAnswer(status)` is called when a response is complete, `onEnd(error)` once when
 * the connection is over.
 */
export function exchanger(socket, onAnswer, onEnd) {
  let head = '';
  let left = 0;
  let status = 0;
  let over = false;
  const end = (error) => {
    if (over) return;
    over = true;
    socket.destroy();
    onEnd(error);
  };
  socket.on('error', end);
  socket.on('close', () => end(new Error('closed')));
  socket.on('data', (chunk) => {
    let body = chunk.length;
    if (left === 0) {
      head += chunk.latin1Slice(0, chunk.length);
      const at = head.indexOf('\r\n\r\n');
      if (at < 0) return;
      body = head.length - at - 4;
      status = Number(head.slice(9, 12));
      left = Number(/\r\ncontent-length: *(\d+)/i.exec(head.slice(0, at))?.[1] ?? NaN);
      head = '';
    }
    left -= body;
    if (left === 0) onAnswer(status);
    else if (!(left > 0)) end(new Error('an answer without a usable length'));
  });
  return (request) => socket.write(request);
}

/** One request on an open connection: its status. */
export function once(socket, request) {
  return new Promise((resolve, reject) => exchanger(socket, resolve, reject)(request));
}
