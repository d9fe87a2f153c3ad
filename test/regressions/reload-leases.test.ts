import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Credential } from '../../src/secrets/index.js';
import { startBackend, type BackendServer } from '../secrets/backend-server.js';
import { whyUnavailable } from '../secrets/context.js';
import { FakeVault } from '../secrets/fakes/vault.js';
import { writeIn } from '../secrets/vault-stage.js';
import { testAuthority } from '../support/certificates.js';
import { startRawOrigin } from '../support/origin.js';
import { converse, openSecureTunnel, startProxy, type TestProxy } from '../support/proxy.js';
import { recordsIn } from '../support/serve.js';

const api = 'api.example.com';
const desk = { client: 'desk' };
const authority = testAuthority();
let origin: Awaited<ReturnType<typeof startRawOrigin>>;
let answer: (socket: Socket) => void = () => undefined;
let fake: FakeVault;
let server: BackendServer;
let proxy: TestProxy;

beforeAll(async () => {
  origin = await startRawOrigin(authority, [api], (socket) => {
    socket.on('data', (piece) => {
      if (piece.toString('latin1').includes('\r\n\r\n')) answer(socket);
    });
  });
});
afterAll(() => origin.close());

/** `first` and `second` are leases of one login, `third` of one that is made with the secret `boot`. */
const secrets = {
  first: '{ from: vault, backend: corp, path: database/creds/first, hosts: [api.example.com] }',
  second: '{ from: vault, backend: corp, path: database/creds/second, hosts: [api.example.com] }',
  third: '{ from: vault, backend: other, path: database/creds/third, hosts: [api.example.com] }',
  boot: '{ from: env, name: BOOT, hosts: ["localhost:PORT"] }',
};
const policy = `policies: [{ name: api, hosts: [${api}], inject: [{ place: header, name: x-key, template: "{first.password}" }] }]`;

function yaml(changes: Partial<Record<keyof typeof secrets, string | undefined>> = {}, more = ''): string {
  const entries = Object.entries({ ...secrets, ...changes }).filter(([, text]) => text !== undefined);
  return `
backends:
  corp: { type: vault, address: "${server.address}", ca_file: "${server.caFile}", auth: { method: approle, role_id: role-of-ci, secret_id_file: "${server.folder}/secret-id" } }
  other: { type: vault, address: "${server.address}", ca_file: "${server.caFile}", auth: { method: token, token: boot } }
secrets:
${entries.map(([name, text]) => `  ${name}: ${String(text).replace('PORT', String(server.port))}`).join('\n')}
${policy}
${more}`;
}

beforeEach(async () => {
  fake = new FakeVault();
  fake.logins.appRoles.set('ci', { roleId: 'role-of-ci', secretIds: new Map([['secret-id-of-ci', 9]]) });
  server = await startBackend(fake.handler);
  writeIn(server.folder, 'secret-id', 'secret-id-of-ci');
  proxy = await startProxy({
    origins: { [`${api}:443`]: origin.port },
    authority,
    environment: { BOOT: fake.tokens.create().id, OTHER: fake.tokens.create().id },
    yaml: yaml(),
  });
});
afterEach(async () => {
  await proxy.close();
  let open = await server.connections();
  // Its side of what was closed is closed in the next turns.
  for (let turn = 0; turn < 100 && open > 0; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    open = await server.connections();
  }
  await server.close();
  expect([open, fake.violations]).toEqual([0, []]);
});

const lease = (name: string): Promise<Credential> => proxy.app.secrets.acquire(name, desk);
const all = (): Promise<Credential[]> => Promise.all(['first', 'second', 'third'].map(lease));
const reload = async (text: string): Promise<void> => expect(await proxy.reload(text)).toMatchObject({ taken: true });
const other = secrets.first.replace('creds/first', 'creds/other');
/** Leases that came back, by the last word of their path. */
const revoked = (): string[] =>
  [...fake.engines.leases.values()].filter((one) => one.revoked).map(({ id }) => id.split('/')[2] ?? '');
const events = (event: string) =>
  proxy.records().filter((record) => record.kind === 'secret' && record['event'] === event);
const until = async (test: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 500 && !test(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(test()).toBe(true);
};

describe('a reload that fails', () => {
  it.each([
    ['as its log cannot be written', 'audit: [{ type: file, dir: /dev/null/audit }]'],
    ['as its listener cannot be bound', ''],
  ])('%s, gives nothing back and keeps nothing', async (_, more) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const listen = `listen: { proxy: ["127.0.0.1:${String((taken.address() as AddressInfo).port)}"] }`;
    const before = await all();
    fake.paths();
    expect(await proxy.reload(yaml({ first: other, second: undefined }, more || listen))).toMatchObject({
      taken: false,
    });
    expect(await all()).toEqual(before);
    expect(fake.paths()).toEqual([]);
    await reload(yaml({ second: undefined }));
    await until(() => revoked().length > 0);
    expect(revoked()).toEqual(['second']);
    await new Promise((resolve) => taken.close(resolve));
  });

  it('as a secret in it cannot be made, changes nothing', async () => {
    const before = await all();
    const text = yaml({ boot: '{ from: github-app, private_key: key, hosts: [] }', first: other });
    expect(await proxy.reload(`${text}\n`)).toMatchObject({ taken: false });
    expect(await all()).toEqual(before);
    expect(revoked()).toEqual([]);
  });
});

describe('a reload', () => {
  it('fetches anew the one secret that is another now; others keep lease and login', async () => {
    const [first, ...others] = await all();
    fake.paths();
    await reload(yaml({ first: other }));
    const [next, ...same] = await all();
    expect(same.every((credential, index) => credential === others[index])).toBe(true);
    expect(next?.lease).not.toBe(first?.lease);
    await until(() => revoked().length > 0);
    expect(fake.paths().sort()).toEqual(['GET database/creds/other', 'POST sys/leases/revoke']);
    expect(events('revoked')).toMatchObject([{ secret: 'first', lease: first?.lease }]);
  });

  it('that comes while Vault is down takes from nobody what he has', async () => {
    const [, ...others] = await all();
    server.fault = 'status 503';
    await reload(yaml({ first: other }));
    expect(proxy.app.secrets.ready('second', desk)).toBe(others[0]);
    expect(proxy.app.secrets.ready('third', desk)).toBe(others[1]);
    expect(await whyUnavailable(lease('first'))).toMatch(/503|not in service/);
    server.fault = undefined;
  });

  it('renews what is made from a secret that is another now, by way of its backend too, and nothing else', async () => {
    const [first, second, third] = await all();
    await reload(yaml({ boot: secrets.boot.replace('BOOT', 'OTHER') }));
    const now = await all();
    expect([now[0] === first, now[1] === second, now[2]?.lease === third?.lease]).toEqual([true, true, false]);
    await until(() => revoked().length > 0);
    expect(revoked()).toEqual(['third']);
  });

  it('is refused where a secret would be sent where it may go no more', async () => {
    await all();
    const elsewhere = secrets.boot.replace('localhost:PORT', 'elsewhere.example.com');
    // Nobody would let it through: what cannot be is refused as a whole.
    expect(await proxy.reload(yaml({ boot: elsewhere }))).toMatchObject({
      taken: false,
      error: expect.objectContaining({
        message: expect.stringMatching(/would be sent to "localhost:\d+" and may not go there/),
      }),
    });
    expect(await lease('third')).toBeDefined();
  });

  it('gives back a secret that is gone, once, and has it no more', async () => {
    await all();
    await reload(yaml({ second: undefined }));
    expect(await whyUnavailable(lease('second'))).toMatch(/no such secret/);
    await until(() => revoked().length > 0);
    await proxy.app.drain();
    expect(fake.paths().filter((path) => path === 'POST sys/leases/revoke')).toHaveLength(3);
    expect(events('revoked').filter(({ secret }) => secret === 'second')).toHaveLength(1);
    expect(events('unrevoked')).toEqual([]);
  });

  it('of limits and policies, and of shapes of placeholders, keeps all; what was under way comes', async () => {
    const coming = lease('first');
    const shape = secrets.second.replace(' }', ', placeholder: "<36 alnum>" }');
    await reload(yaml({ second: shape }, 'limits: { secret_timeout: 5s, connections: 7 }'));
    expect(await lease('first')).toBe(await coming);
    expect(fake.paths().filter((path) => path === 'GET database/creds/first')).toHaveLength(1);
  });

  it('to another log has it told there what becomes of what was fetched before', async () => {
    const [, second] = await all();
    await reload(yaml({}, 'audit: [{ type: file, dir: ./elsewhere }]'));
    await reload(yaml({ second: undefined }, 'audit: [{ type: file, dir: ./elsewhere }]'));
    await until(() => revoked().length > 0);
    const told = (): unknown[] =>
      recordsIn(join(proxy.folder, 'elsewhere')).flatMap((record) =>
        record.kind === 'secret' ? [`${String(record['event'])} ${String(record['lease'])}`] : [],
      );
    await until(() => told().length > 0);
    expect(told()).toEqual([`revoked ${String(second?.lease)}`]);
  });
});

describe('a request under way', () => {
  it('keeps what it began with over two reloads, and what came between them goes back before it does', async () => {
    let finish = (): void => undefined;
    answer = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345');
      finish = () => void socket.write('67890');
    };
    const [first, second] = await all();
    const socket = await openSecureTunnel(proxy, `${api}:443`);
    const whole = converse(socket, `GET / HTTP/1.1\r\nHost: ${api}\r\n\r\n`, /67890/);
    await once(socket, 'data');
    await reload(yaml({ first: other }));
    const between = await lease('first');
    await reload(yaml({ first: other.replace('other', 'last') }));
    const last = await lease('first');
    await until(() => revoked().length > 0);
    expect(revoked()).toEqual(['other']);
    finish();
    expect(await whole).toMatch(/1234567890$/);
    await until(() => revoked().length > 1);
    expect(revoked().sort()).toEqual(['first', 'other']);
    expect(await lease('first')).toBe(last);
    expect(await lease('second')).toBe(second);
    // The record follows the server's answer.
    await until(() => events('revoked').length >= 2);
    const gone = events('revoked').map((record) => record['lease']);
    expect(gone).toEqual([between.lease, first?.lease]);
    await proxy.app.drain();
    expect(new Set(events('revoked').map((record) => record['lease'])).size).toBe(events('revoked').length);
  });

  it('that is cut at the end has its leases given back, and so has a reload that is under way then', async () => {
    await all();
    const ended = new Promise<void>((resolve) => {
      void proxy.reload(yaml({ first: other }), () => void proxy.app.end().then(resolve));
    });
    await ended;
    expect(revoked().sort()).toEqual(['first', 'second', 'third']);
    expect(events('revoked').filter(({ secret }) => secret !== undefined)).toHaveLength(3);
  });
});
