import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSecureTunnel } from '../support/proxy.js';
import { frame, text } from './web-socket-frames.js';
import { agree, handshake } from './web-socket-talk.js';
import { api, get, inTime, ok, outcome, startWorld, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld({
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}] }
policies:
  - { name: unread, hosts: [${api}], paths: [/unread/**], unsafe_opaque_upgrade: true }
  - name: exec
    hosts: [${api}]
    paths: [/exec/**]
    unsafe_opaque_upgrade: true
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
  - name: api
    hosts: [${api}]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
limits: { drain_timeout: 300ms, tunnel_idle_timeout: 1s }
`,
  });
});
afterAll(() => world.close());

const ask = (line: string, protocol: string, ...lines: string[]): string =>
  [`${line} HTTP/1.1`, `Host: ${api}`, 'Connection: Upgrade', `Upgrade: ${protocol}`, ...lines, '', ''].join('\r\n');
const switched = (protocol: string): string =>
  `HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n`;

describe('an upgrade to a protocol that nobody reads', () => {
  it.each([
    [
      'Kubernetes exec by POST',
      'POST /exec/pods/a/exec?command=ls',
      'SPDY/3.1',
      ['Content-Length: 0', 'X-Stream-Protocol-Version: v4.channel.k8s.io'],
    ],
    ['Kubernetes exec by GET', 'GET /exec/pods/a/exec?command=ls', 'SPDY/3.1', []],
    [
      'Docker attach',
      'POST /exec/containers/a/attach?stream=1',
      'tcp',
      ['Content-Type: text/plain', 'Content-Length: 0'],
    ],
    ['Docker attach without a length', 'POST /exec/containers/a/attach?stream=1', 'tcp', []],
  ])('takes its credential along, and its bytes pass both ways as they are: %s', async (_, line, protocol, lines) => {
    let after = '';
    world.reset((_head, socket) => {
      socket.removeAllListeners('data').on('data', (bytes: Buffer) => {
        after += bytes.toString('latin1');
        socket.write(`echo ${bytes.toString('latin1')}`, 'latin1');
      });
      return switched(protocol);
    });
    const answer = await world.inside(`${ask(line, protocol, ...lines)}\x00\xff${get('/smuggled')}`, /smuggled/);
    const [head = '', echoed = ''] = answer.split(/\r\n\r\n(?=echo)/);
    expect(head).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(head.toLowerCase()).toContain(`\r\nupgrade: ${protocol.toLowerCase()}`);
    expect(head).toMatch(/x-stream-protocol-version: v4/i);
    expect(echoed).toMatch(/^echo \x00?/);
    expect(after.startsWith('\x00\xc3\xbf') || after.startsWith('\x00\xff')).toBe(true);
    const [sent = ''] = world.arrived().split('\r\n\r\n');
    expect(sent.startsWith(`${line} HTTP/1.1\r\n`)).toBe(true);
    expect(sent.toLowerCase()).toContain(`\r\nconnection: upgrade\r\nupgrade: ${protocol.toLowerCase()}`);
    expect(sent).toContain(`Bearer ${world.secret}`);
    expect(answer.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 101']);
  });

  it.each([
    ['declined', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'],
    ['not understood', ok],
  ])('ends its connection where it is %s: what was sent ahead is no request', async (_, answer) => {
    world.reset(() => answer);
    const heard = await world.inside(`${ask('POST /exec/', 'tcp', 'Content-Length: 0')}${get('/smuggled')}`, /never/);
    expect(heard.match(/HTTP\/1\.1 \d{3}/g)).toHaveLength(1);
    expect(world.arrived().match(/^(?:GET|POST) \S+/gm)).toEqual(['POST /exec/']);
  });

  it.each([
    ['another protocol', 'GET /exec/', 'tcp', switched('SPDY/3.1')],
    ['none', 'GET /exec/', 'tcp', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ])('is refused where the destination changes to %s', async (_, line, protocol, answer) => {
    world.reset(() => answer);
    expect(outcome(await world.inside(ask(line, protocol)))).toBe('destination_protocol');
  });

  it('gets no credential back in its head', async () => {
    world.reset(() => switched('tcp').replace('v4.channel', world.secret));
    const socket = await openSecureTunnel(world.proxy, `${api}:443`);
    socket.write(ask('POST /exec/', 'tcp'));
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    expect(bytes.toString()).toMatch(/\*{8}/);
    expect(world.leaks(bytes.toString())).toEqual([]);
    // Nothing moves any more.
    socket.on('error', () => undefined).resume();
    await inTime(once(socket, 'close'), 3000);
  });

  it.each([
    ['where the policy does not say so', ask('POST /', 'tcp', 'Content-Length: 0')],
    ['to HTTP/2', ask('GET /exec/', 'h2c')],
    ['to HTTP/2 over TLS', ask('GET /exec/', 'h2')],
    ['to HTTP/1.1 again', ask('GET /exec/', 'HTTP/1.1')],
    ['to TLS', ask('GET /exec/', 'TLS/1.3')],
    ['to a WebSocket by POST', ask('POST /exec/', 'websocket', 'Content-Length: 0')],
    ['to a WebSocket with a version', ask('GET /exec/', 'WebSocket/13')],
    ['to one of two protocols', ask('GET /exec/', 'SPDY/3.1, tcp')],
    ['to one of two in two fields', ask('GET /exec/', 'SPDY/3.1', 'Upgrade: tcp')],
    ['to what is no token', ask('GET /exec/', 'a b')],
    [
      'that Connection does not list',
      ask('GET /exec/', 'tcp').replace('Connection: Upgrade', 'Connection: keep-alive'),
    ],
    ['with a body', `${ask('POST /exec/', 'tcp', 'Content-Length: 3')}abc`],
    ['with a body in chunks', `${ask('POST /exec/', 'tcp', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
    ['in HTTP/1.0', ask('GET /exec/', 'tcp').replace('HTTP/1.1', 'HTTP/1.0')],
  ])('is not asked of the destination %s', async (_, bytes) => {
    world.reset();
    expect(await world.inside(bytes)).toMatch(/^HTTP\/1\.1 200 /);
    expect(world.arrived()).not.toMatch(/upgrade/i);
    expect(world.arrived()).toContain(`Bearer ${world.secret}`);
  });
});

describe('a WebSocket where a policy passes upgrades on unread', () => {
  it('is read where its handshake carries a credential', async () => {
    world.reset((head) => [agree(head), frame(text, world.secret)]);
    const answer = await world.inside(handshake('/exec/'), /\*{8}$/);
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(world.leaks(answer)).toEqual([]);
  });

  it('is passed on as bytes where it does not', async () => {
    world.reset((head) => `${agree(head)}anything`);
    expect(await world.inside(handshake('/unread/'), /anything$/)).toMatch(/^HTTP\/1\.1 101 /);
    expect(world.arrived()).not.toContain(world.secret);
  });
});
