import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { startRawOrigin } from '../support/origin.js';
import { converse, generatedSecret } from '../support/proxy.js';
import { newClient, proxyAuthorization, startServe, type Serving } from '../support/serve.js';

jest.setTimeout(30_000);

const api = 'api.example.com';
const blind = 'blind.example.com';
const authority = testAuthority();
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const secrets = { FIRST: generatedSecret(), SECOND: generatedSecret() };
const other = newClient('other');
const desk = newClient('desk');
let origin: Awaited<ReturnType<typeof startRawOrigin>>;

/** What the destination says to a request; undefined for nothing. */
let answer: (head: string, socket: Socket) => string | undefined = () => ok;
let serving: Serving;

beforeAll(async () => {
  origin = await startRawOrigin(authority, [api, blind], (socket) => {
    let text = '';
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      const said = answer(text, socket);
      text = '';
      if (said !== undefined) socket.write(said);
    });
  });
});
afterAll(() => origin.close());

const secretsOf = (name: string): string => `secrets: { api: { from: env, name: ${name}, hosts: [${api}] } }`;
const allow = `{ name: api, hosts: [${api}], inject: [{ place: header, name: authorization, template: "Bearer {api}" }] }`;
const pass = `{ name: pass, hosts: [${blind}], action: tunnel }`;
const clients = (...list: { yaml: string }[]): string => `clients: [${list.map(({ yaml }) => yaml).join(', ')}]`;
const policies = (...list: string[]): string => `policies: [${list.join(', ')}]`;
const limits = 'limits: { drain_timeout: 2s }';
const usual = [secretsOf('FIRST'), clients(desk, other), policies(allow, pass), limits].join('\n');

const start = async (): Promise<Serving> =>
  startServe({
    yaml: usual,
    authority,
    origins: { [`${api}:443`]: origin.port, [`${blind}:443`]: origin.port },
    environment: secrets,
  });
/** The reloads before this test. */
let before = 0;

beforeAll(async () => {
  serving = await start();
});
afterAll(() => serving.close());
beforeEach(async () => {
  answer = () => ok;
  expect(await serving.reload(usual)).toMatchObject({ level: 'info' });
  before = allReloads().length;
});

const head = (path = '/', host = api): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const ask = async (socket: Socket, path = '/'): Promise<string> =>
  converse(socket, head(path), /\r\n\r\n(ok|\{.*\}\n)$/s);
const allReloads = () => serving.records().filter(({ kind }) => kind === 'reload');
const reloads = () => allReloads().slice(before);
const code = (text: string): string => /"code":"(\w+)"/.exec(text)?.[1] ?? text.slice(9, 12);
const closed = async (socket: Socket): Promise<void> => {
  if (!socket.closed) await once(socket.resume(), 'close');
};

describe('a configuration that cannot be used as a whole changes nothing', () => {
  const free = async (): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  };

  it.each([
    ['with mistakes in it', 'nonsense: 1\nlimits: { connections: none }', 'invalid', /keywright\.yaml:\d+:\d+: /],
    ['that is no YAML', 'policies: [', 'invalid', /keywright\.yaml:\d+:\d+: /],
    ['without a client', 'clients: []', 'invalid', /no client with a token/],
    [
      'with a CA that is not there',
      'ca: { mode: files, cert_file: ./no.pem, key_file: ./no-key.pem }',
      'missing',
      /no\.pem/,
    ],
    ['with trust that is not there', 'upstream: { ca_file: ./no-roots.pem }', 'missing', /no-roots\.pem/],
    [
      'with an audit log that cannot be written',
      'audit: [{ type: file, dir: /dev/null/audit }]',
      'missing',
      /audit log/,
    ],
  ])('%s', async (_, yaml, why, said) => {
    const revision = (await afterOneUse())?.['policy_rev'];
    const rest = yaml.startsWith('clients') ? '' : clients(desk);
    const line = await serving.reload([rest, policies(), yaml].join('\n'));
    expect(line).toMatchObject({ level: 'error', msg: 'not reloaded: the configuration before goes on' });
    expect((line['problems'] as string[]).join('\n')).toMatch(said);
    expect(reloads()).toMatchObject([{ code: why, policy_rev: revision, previous_rev: revision, changes: [] }]);
    expect(await afterOneUse()).toMatchObject({ policy_rev: revision });
  });

  it('all mistakes are told, each with its line and column', async () => {
    const { problems } = await serving.reload(`${clients(desk)}\nfirst: 1\nlimits: { nonsense: 1, connections: 0 }\n`);
    expect((problems as string[]).slice(1)).toEqual([
      expect.stringMatching(/:\d+:1: .*"first"/),
      expect.stringMatching(/:\d+:11: .*"nonsense"/),
      expect.stringMatching(/:\d+:37: .*1000000/),
    ]);
  });

  it('that every user can write is not read', async () => {
    serving.write(policies());
    chmodSync(join(serving.folder, 'keywright.yaml'), 0o666);
    const said = serving.logged(/reloaded/);
    serving.signal('SIGHUP');
    expect(await said).toMatchObject({ level: 'error' });
    await afterOneUse();
  });

  it('with a listener that cannot be bound: none is opened, none closed, and no policy taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const fresh = await free();
    const { port } = taken.address() as AddressInfo;
    const listen = `listen: { proxy: ["127.0.0.1:${fresh}", "127.0.0.1:${port}"] }`;
    const line = await serving.reload([listen, clients(desk), policies()].join('\n'));
    expect(line['problems']).toEqual([`cannot listen on 127.0.0.1:${port}: another program listens there.`]);
    await afterOneUse();
    const [{ code: refused }] = (await once(serving.open('', fresh), 'error')) as [{ code: string }];
    expect(refused).toBe('ECONNREFUSED');
    taken.close();
  });

  async function afterOneUse() {
    const socket = await serving.tunnel(`${api}:443`, desk);
    expect(await ask(socket)).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
    return serving.records().findLast(({ kind }) => kind === 'use');
  }
});

describe('listeners', () => {
  it('that are added open, that are removed close, that stay keep their connections', async () => {
    const { port } = serving;
    const kept = serving.open();
    const absolute = `GET http://${api}/ HTTP/1.1\r\nHost: ${api}\r\n${proxyAuthorization('desk', desk.token)}\r\n`;
    expect(code(await converse(kept, absolute, /\}\n$/))).toBe('no_policy');
    const both = `listen: { proxy: ["127.0.0.1:0", "127.0.0.1:0"], admin: "unix:./admin.sock" }`;
    const line = await serving.reload(`${usual}\n${both}`);
    expect(line['changes']).toEqual([
      'listener 127.0.0.1:0 changed',
      'listener admin unix:' + join(serving.folder, 'admin.sock') + ' added',
    ]);
    const [first, second] = line['proxy'] as [string, string];
    expect(first).toBe(`127.0.0.1:${port}`);
    expect(code(await converse(kept, absolute, /\}\n$/))).toBe('no_policy');
    const added = Number(second.split(':')[1]);
    const there = serving.open('', added);
    expect(code(await converse(there, absolute, /\}\n$/))).toBe('no_policy');
    await serving.reload(usual);
    await closed(there);
    const [{ code: refused }] = (await once(serving.open('', added), 'error')) as [{ code: string }];
    expect(refused).toBe('ECONNREFUSED');
    expect(code(await converse(kept, absolute, /\}\n$/))).toBe('no_policy');
    kept.destroy();
  });

  it('that stay have the new limits for what comes', async () => {
    await serving.reload(`${usual.replace(limits, '')}\nlimits: { header_bytes: 4KiB }`);
    const socket = serving.open(`GET http://${api}/${'a'.repeat(8000)} HTTP/1.1\r\nHost: ${api}\r\n\r\n`);
    expect(await converse(socket, '', /\}\n$/)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('the difference', () => {
  it('goes to the audit by name, with both revisions, and never a value', async () => {
    const fresh = newClient('fresh');
    const yaml = [
      `secrets: { api: { from: env, name: SECOND, hosts: [${api}] }, more: { from: env, name: MORE, hosts: [${api}] } }`,
      clients(desk, fresh),
      policies(pass, allow, `{ name: more, hosts: [${api}], paths: [/more] }`),
      `deny: [{ name: no-keys, hosts: [${api}], paths: [/keys] }]`,
      'limits: { drain_timeout: 3s }',
    ].join('\n');
    const { changes } = await serving.reload(yaml);
    const [record] = reloads();
    expect(record).toMatchObject({
      code: 'ok',
      changes: [
        'policy more added',
        'policies in another order',
        'deny rule no-keys added',
        'client other removed',
        'client fresh added',
        'secret api changed',
        'secret more added',
        'limit drain_timeout changed',
      ],
    });
    expect(changes).toEqual(record?.['changes']);
    const text = readFileSync(join(serving.folder, 'keywright.yaml'));
    expect(record?.['policy_rev']).toBe(createHash('sha256').update(text).digest('hex').slice(0, 12));
    expect(record?.['previous_rev']).not.toBe(record?.['policy_rev']);
    expect(JSON.stringify(record)).not.toMatch(/SECOND|MORE|_sha256|3s|\/keys/);
  });

  it('of many signals at once is few reloads, and the last state of the file wins', async () => {
    serving.write(`${usual}\nunsafe_anonymous: true`);
    const [first, rest] = [serving.logged(/reloaded/), serving.logged(/reloaded/)];
    for (let i = 0; i < 50; i += 1) serving.signal('SIGHUP');
    await Promise.all([first, rest]);
    expect(await serving.reload(`${usual}\nunsafe_anonymous: true`)).toMatchObject({ level: 'info' });
    expect(reloads().length).toBeLessThanOrEqual(5);
    const socket = serving.open(`GET http://${api}/ HTTP/1.1\r\nHost: ${api}\r\n\r\n`);
    expect(code(await converse(socket, '', /\}\n$/))).toBe('no_policy');
  });
});

describe('how long the record of an ended request may wait', () => {
  const ends = (): number => serving.records().filter(({ kind }) => kind === 'end').length;

  it.each([
    ['20ms', true],
    ['2s', false],
  ])('is what the configuration says now: %s', async (delayed, soon) => {
    const changed = usual.replace('limits: {', `limits: { audit_delay: ${delayed},`);
    await serving.reload(changed);
    const socket = await serving.tunnel(`${api}:443`, desk);
    const earlier = ends();
    expect(code(await ask(socket))).toBe('200');
    await delay(300);
    expect(ends() > earlier).toBe(soon);
    socket.destroy();
  });
});
