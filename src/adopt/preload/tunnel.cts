/* eslint-disable @typescript-eslint/no-require-imports -- CommonJS: `--require` is the one preload that every Node takes. */
import type * as Net from 'node:net';
import type { Socket } from 'node:net';
import type { ProxyAddress } from './route.cjs';

const net = require('node:net') as typeof Net;

/** Milliseconds from the connection to the proxy to its answer; the proxy answers before it connects any further. */
const answerTimeout = 30_000;

/** Bytes of an answer to CONNECT: no proxy needs more than a few hundred. */
const longestAnswer = 16 * 1024;

const blankLine = '\r\n\r\n';

export type OpenTunnel = (
  proxy: ProxyAddress,
  host: string,
  port: number,
  done: (error: Error | undefined, socket?: Socket) => void,
) => Socket;

/**
 * Opens a tunnel by CONNECT (RFC 9110 section 9.3.6) and calls `done` once, with a paused socket that carries the tunnel's bytes,
 * or with an error that names the status. Returns the socket at once, so that it can be destroyed before.
 */
const openTunnel: OpenTunnel = (proxy, host, port, done) => {
  const socket = net.connect({ host: proxy.host, port: proxy.port });
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  let answer = Buffer.alloc(0);

  const settle = (error: Error | undefined): void => {
    clearTimeout(timer);
    socket.off('readable', read).off('error', settle).off('close', closed);
    if (error === undefined) {
      done(undefined, socket);
      return;
    }
    socket.on('error', ignore).destroy();
    done(error);
  };
  const ignore = (): void => undefined;
  const closed = (): void => settle(failure(authority, 'the proxy closed the connection'));
  const timer = setTimeout(() => settle(failure(authority, 'the proxy did not answer in time')), answerTimeout).unref();
  const read = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    answer = Buffer.concat([answer, chunk]);
    const end = answer.indexOf(blankLine);
    if (end === -1 && answer.length <= longestAnswer) return;
    const head = answer.subarray(0, Math.max(end, 0)).toString('latin1');
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 'no HTTP';
    const rest = answer.subarray(end + blankLine.length);
    if (rest.length > 0) socket.unshift(rest);
    settle(status.startsWith('2') ? undefined : refusal(authority, status, head));
  };

  socket.setNoDelay(true);
  socket.on('readable', read).on('error', settle).on('close', closed);
  const credentials = proxy.authorization === undefined ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`);
  return socket;
};

function refusal(authority: string, status: string, head: string): Error {
  const id = /^x-keywright-request-id: *([\w-]+)/im.exec(head)?.[1];
  return failure(authority, `the proxy answered ${status}${id === undefined ? '' : ` (request ${id})`}`);
}

function failure(authority: string, reason: string): Error {
  return Object.assign(new Error(`no tunnel to ${authority}: ${reason}`), { code: 'ERR_KEYWRIGHT_TUNNEL' });
}

module.exports = { openTunnel };
