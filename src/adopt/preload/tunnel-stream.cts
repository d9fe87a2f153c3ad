/* eslint-disable @typescript-eslint/no-require-imports -- CommonJS: `--require` is the one preload that every Node takes. */
import type { Socket } from 'node:net';
import type * as Stream from 'node:stream';
import type { Duplex } from 'node:stream';
import type { ProxyAddress } from './route.cjs';
import type { OpenTunnel } from './tunnel.cjs';

const stream = require('node:stream') as typeof Stream;
const { openTunnel } = require('./tunnel.cjs') as { readonly openTunnel: OpenTunnel };

/** A stream through the proxy that is there at once; what is written before the tunnel is open waits. */
export interface TunnelStream {
  readonly stream: Duplex;
  /** The connection to the proxy underneath: whether it keeps the process alive is decided there. */
  readonly socket: Socket;
}

export type ConnectThrough = (proxy: ProxyAddress, host: string, port: number) => TunnelStream;

/**
 * `createConnection` of an agent has to return a socket at once: agents built upon Node's (agentkeepalive, in several SDKs)
 * touch it in the same tick, request timeouts and aborts act on it, and `maxSockets` counts it.
 */
const connectThrough: ConnectThrough = (proxy, host, port) => {
  let open: Socket | undefined;
  let whenOpen: (() => void) | undefined;
  const duplex = new stream.Duplex({
    allowHalfOpen: false,
    read: () => open?.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      const send = (): void => void open?.write(chunk, done);
      if (open === undefined) whenOpen = send;
      else send();
    },
    final: (done) => {
      const end = (): void => void open?.end(done);
      if (open === undefined) whenOpen = end;
      else end();
    },
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  const socket = openTunnel(proxy, host, port, (error, opened) => {
    if (opened === undefined) {
      duplex.destroy(error);
      return;
    }
    open = opened;
    opened.on('data', (chunk: Buffer) => {
      if (!duplex.push(chunk)) opened.pause();
    });
    opened.on('end', () => duplex.push(null));
    opened.on('error', (failure) => duplex.destroy(failure));
    opened.on('close', () => duplex.destroy());
    whenOpen?.();
  });
  return { stream: duplex, socket };
};

module.exports = { connectThrough };
