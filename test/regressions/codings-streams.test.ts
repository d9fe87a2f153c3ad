import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as zlib from 'node:zlib';
import { openSecureTunnel } from '../support/proxy.js';
import { api, get, startWorld, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('a stream in a coding', () => {
  it.each(['text/event-stream', 'application/json'])('of %s is not held until its end', async (type) => {
    const stream = zlib.createGzip();
    const flushed: Buffer[] = [];
    stream.on('data', (bytes: Buffer) => flushed.push(bytes));
    const event = (text: string): Promise<Buffer> =>
      new Promise((resolve) => {
        stream.write(text);
        stream.flush(() => setImmediate(() => resolve(Buffer.concat(flushed.splice(0)))));
      });
    const [first, second] = [await event('data: 1\n\n'), await event('data: 2\n\n')];
    let more: () => void = () => undefined;
    world.reset((_, socket) => {
      more = () => socket.end(second);
      return [`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Encoding: gzip\r\n\r\n`, first];
    });
    const socket = await openSecureTunnel(world.proxy, `${api}:443`);
    let text = '';
    socket.write(get('/', 'Accept-Encoding: gzip'));
    for await (const bytes of socket) {
      text += (bytes as Buffer).toString('latin1');
      if (text.includes(first.toString('latin1'))) break;
    }
    expect(text).toContain(first.toString('latin1'));
    more();
    socket.destroy();
  });
});
