import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApp } from '../../src/app.js';
import { parseConfig } from '../../src/config/load.js';
import { randomPlaceholders } from '../../src/inject/placeholder.js';
import { listenAt } from '../../src/proxy/listen.js';
import type { App } from '../../src/running-app.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { converse } from '../support/proxy.js';

let folder: string;
let origin: Origin;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-listen-'));
  origin = await startOrigin(undefined, []);
});

afterAll(async () => {
  await origin.close();
  rmSync(folder, { recursive: true });
});

function app(listen: string, more: { listenerFor?: string } = {}): App {
  const text = `version: 1
listen: ${listen}
ca: { mode: memory }
unsafe_anonymous: true
audit: [{ type: file, dir: ./audit }]
destinations: { "open.example.com:80": { address: "127.0.0.1:${origin.port}" } }
policies: [{ name: open, hosts: ["open.example.com:80"] }]
`;
  const config = parseConfig(text, join(folder, 'keywright.yaml'));
  return createApp({
    config,
    environment: {},
    placeholders: randomPlaceholders([], new Map()),
    version: 'test',
    report: () => undefined,
    alarm: () => undefined,
    ...more,
  });
}

const line = 'GET http://open.example.com/ HTTP/1.1\r\nHost: open.example.com\r\n\r\n';

describe('a listener on a unix socket', () => {
  it('has mode 0600 and takes requests', async () => {
    const path = join(folder, 'proxy.sock');
    const running = app(`{ proxy: ["unix:${path}"] }`);
    await running.start();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const socket = connect(path);
    expect(await converse(socket, line, /ok$/)).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
    await running.drain();
  });

  it('replaces the socket of a process that died, and not that of one that lives', async () => {
    const path = join(folder, 'taken.sock');
    const other = createServer().listen(path);
    await once(other, 'listening');
    await expect(app(`{ proxy: ["unix:${path}"] }`).start()).rejects.toThrow(
      /taken\.sock: another program listens there/,
    );
    await new Promise((resolve) => other.close(resolve));
  });

  it('does not replace a file that is no socket', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'precious');
    await expect(app(`{ proxy: ["unix:${path}"] }`).start()).rejects.toThrow(/cannot listen/);
    expect(statSync(path).isFile()).toBe(true);
  });
});

describe('a listener on TCP', () => {
  it('whose port is taken is told in one sentence', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(app(`{ proxy: ["127.0.0.1:${port}"] }`).start()).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port}: another program listens there.`,
    );
    await new Promise((resolve) => other.close(resolve));
  });

  it('for a client that cannot send a password stands for that client', async () => {
    const running = app('{ proxy: ["127.0.0.1:0"] }', { listenerFor: 'run' });
    const { clientPort } = await running.start();
    const socket = connect(clientPort ?? 0, '127.0.0.1');
    expect(await converse(socket, line, /ok$/)).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
    await running.drain();
  });

  it('ends when it is drained, after what is under way', async () => {
    const running = app('{ proxy: ["127.0.0.1:0"] }');
    const { proxy } = await running.start();
    const [address] = proxy;
    const port = address?.transport === 'tcp' ? address.port : 0;
    const socket = connect(port, '127.0.0.1');
    expect(await converse(socket, line, /ok$/)).toMatch(/^HTTP\/1\.1 200 /);
    await running.drain();
    await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('the admin listener', () => {
  it('tells health on a unix socket, to no web page', async () => {
    const path = join(folder, 'admin.sock');
    const running = app(`{ proxy: ["127.0.0.1:0"], admin: "unix:${path}" }`);
    await running.start();
    const ask = async (head: string): Promise<string> => {
      const socket = connect(path);
      const text = await converse(socket, `GET ${head}\r\nConnection: close\r\n\r\n`);
      socket.destroy();
      return text;
    };
    expect(await ask('/readyz HTTP/1.1\r\nHost: localhost')).toMatch(/^HTTP\/1\.1 200 [^]*"ready":true/);
    expect(await ask('/readyz HTTP/1.1\r\nHost: evil.example')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await ask('/readyz HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example')).toMatch(
      /^HTTP\/1\.1 403 /,
    );
    expect(await ask('/other HTTP/1.1\r\nHost: localhost')).toMatch(/^HTTP\/1\.1 404 /);
    await running.drain();
  });

  it('that no listener has is refused by the socket it would need', async () => {
    await expect(
      listenAt(createServer(), { transport: 'unix', path: join(folder, 'no/such/folder.sock') }),
    ).rejects.toThrow(/the folder does not exist/);
  });
});
