import { once } from 'node:events';
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, isIPv6, type AddressInfo, type Server } from 'node:net';
import { errorCode } from '../core/error-code.js';
import { UsageError } from '../core/usage-error.js';

/** Where a server listens: a TCP address, or the path of a unix socket. */
export type ListenAddress =
  | { readonly transport: 'tcp'; readonly host: string; readonly port: number }
  | { readonly transport: 'unix'; readonly path: string };

/** Starts listening; resolves to where it really listens (port 0 becomes a port). Throws a `UsageError` that names the address. */
export async function listenAt(server: Server, address: ListenAddress): Promise<ListenAddress> {
  if (address.transport === 'unix') await removeStaleSocket(address.path);
  // Created closed to others from the first moment on: a chmod alone would leave a gap.
  const mask = address.transport === 'unix' ? process.umask(0o177) : undefined;
  try {
    server.listen(address.transport === 'unix' ? { path: address.path } : { host: address.host, port: address.port });
    await once(server, 'listening');
  } catch (error) {
    throw new UsageError(`cannot listen on ${formatListenAddress(address)}: ${reason(error)}.`);
  } finally {
    if (mask !== undefined) process.umask(mask);
  }
  if (address.transport === 'unix') {
    chmodSync(address.path, 0o600);
    return address;
  }
  return { ...address, port: (server.address() as AddressInfo).port };
}

export function formatListenAddress(address: ListenAddress): string {
  if (address.transport === 'unix') return `unix:${address.path}`;
  return `${isIPv6(address.host) ? `[${address.host}]` : address.host}:${address.port}`;
}

/** Loopback by number: a name could resolve to anything. */
export function isLoopback(address: ListenAddress): boolean {
  return address.transport === 'unix' || address.host === '::1' || /^127(\.\d{1,3}){3}$/.test(address.host);
}

/** The socket of a process that died stays behind; one that answers belongs to a process that lives. */
async function removeStaleSocket(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  const probe = connect(path);
  const alive = await Promise.race([
    once(probe, 'connect').then(() => true),
    once(probe, 'error').then(() => false),
  ]).catch(() => false);
  probe.destroy();
  if (!alive) unlinkSync(path);
}

function reason(error: unknown): string {
  const code = errorCode(error);
  switch (code ?? '') {
    case 'EADDRINUSE':
      return 'another program listens there';
    case 'EACCES':
      // libuv says the same of a folder that does not exist.
      return 'this user may not, or the folder does not exist';
    case 'EADDRNOTAVAIL':
      return 'this machine does not have that address';
    default:
      return code ?? 'it failed';
  }
}
