import { once } from 'node:events';
import { deflateRawSync } from 'node:zlib';
import { openSecureTunnel } from '../support/proxy.js';
import { acceptOf, api, get, inTime, type World } from './world.js';

export const handshake = (path: string, ...lines: string[]): string =>
  get(
    path,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...lines,
  );
export const agree = (head: string, ...lines: string[]): string =>
  [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptOf(head)}`,
    ...lines,
    '',
    '',
  ].join('\r\n');
export const deflate = 'Sec-WebSocket-Extensions: permessage-deflate';
export const masked = { masked: true };

export interface Conversation {
  /** All that came after the head of the 101, on either side. */
  readonly toCaller: Buffer;
  readonly toDestination: Buffer;
  readonly head: string;
  readonly record: unknown;
}

/** Agrees to a handshake, sends literal frames from either side, and waits until both connections are closed. */
export async function talk(
  world: World,
  path: string,
  {
    caller = [],
    destination = [],
    lines = [],
  }: { caller?: readonly Buffer[]; destination?: readonly Buffer[]; lines?: readonly string[] },
): Promise<Conversation> {
  const [toCaller, toDestination]: [Buffer[], Buffer[]] = [[], []];
  let there: Promise<unknown> = Promise.resolve();
  world.reset((head, upstream) => {
    there = once(upstream, 'close');
    upstream
      .removeAllListeners('data')
      .on('data', (bytes: Buffer) => toDestination.push(bytes))
      .on('end', () => upstream.end());
    return [agree(head, ...lines), ...destination];
  });
  const socket = await openSecureTunnel(world.proxy, `${api}:443`);
  socket
    .on('error', () => undefined)
    .on('data', (bytes: Buffer) => toCaller.push(bytes))
    .on('end', () => socket.end());
  socket.write(handshake(path, ...lines));
  await once(socket, 'data');
  for (const bytes of caller) socket.write(bytes);
  await inTime(Promise.all([once(socket, 'close'), there]), 8000);
  const all = Buffer.concat(toCaller);
  const end = all.indexOf('\r\n\r\n') + 4;
  for (let i = 0; i < 100 && world.proxy.records().at(-1)?.kind !== 'end'; i += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return {
    toCaller: all.subarray(end),
    toDestination: Buffer.concat(toDestination),
    head: all.toString('latin1', 0, end),
    record: world.proxy.records().at(-1),
  };
}

/** A permessage-deflate payload (RFC 7692 section 7.2.1). */
export const deflated = (bytes: string | Buffer): Buffer => deflateRawSync(bytes, { finishFlush: 2 }).subarray(0, -4);
