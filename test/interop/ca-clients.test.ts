import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rotate, type RotationStep } from '../../src/ca/rotate.js';
import { systemClock } from '../../src/core/clock.js';
import { corporate } from '../ca/corporate.js';
import { startProxy, type TestProxy } from '../support/proxy.js';
import { type Job, tlsClients } from './ca-clients.js';

const inside = 'api.example.com';
const outside = 'other.example.net';
const longName = `${'a'.repeat(63)}.example.com`;
const hosts = [inside, outside, 'xn--bcher-kva.example.com', longName, 'a_b.example.com', '192.0.2.10', '2001:db8::10'];

let folder: string;
const proxies: TestProxy[] = [];
/** What each handshake has to come to, by what it is called. */
const expected = new Map<string, { readonly job: Job; readonly ok: boolean }>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-ca-clients-'));
  await addSteady();
  await addFiles();
  await addRotation('any', undefined);
  await addRotation('constrained', [inside]);
}, 60_000);

afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy.close()));
  rmSync(folder, { recursive: true });
});

/** A proxy that intercepts all of the hosts, and answers 403 in there. */
async function serve(ca: string): Promise<TestProxy> {
  const quoted = hosts.map((host) => JSON.stringify(host.includes(':') ? `[${host}]` : host)).join(', ');
  const yaml = `policies: [{ name: all, hosts: [${quoted}], paths: [/nothing] }]`;
  const proxy = await startProxy({ origins: {}, yaml, ca });
  proxies.push(proxy);
  return proxy;
}

function trusting(name: string, pem: string): string {
  const path = join(folder, `${name}.pem`);
  writeFileSync(path, pem);
  return path;
}

function add(what: string, ok: boolean, job: Job): void {
  expected.set(what, { job, ok });
}

async function addSteady(): Promise<void> {
  const [proxy, other] = [await serve('{ mode: generate, dir: ./ca }'), await serve('{ mode: generate, dir: ./ca }')];
  const trust = trusting('generated', proxy.trustPem);
  for (const host of hosts) add(`generated, for ${host}`, true, { proxy, trust, host });
  add('generated, trusting another one', false, { proxy, trust: trusting('other', other.trustPem), host: inside });
  const names = await serve(`{ mode: generate, dir: ./ca, permit: [${inside}, xn--bcher-kva.example.com] }`);
  const constrained = { proxy: names, trust: trusting('constrained', names.trustPem) };
  add('constrained, inside', true, { ...constrained, host: inside });
  add('constrained, another name inside', true, { ...constrained, host: 'xn--bcher-kva.example.com' });
  for (const host of [outside, '192.0.2.10', '2001:db8::10']) {
    add(`constrained, outside: ${host}`, false, { ...constrained, host });
  }
  const address = await serve('{ mode: generate, dir: ./ca, permit: [192.0.2.10] }');
  const addressed = { proxy: address, trust: trusting('address', address.trustPem) };
  add('constrained to an address, inside', true, { ...addressed, host: '192.0.2.10' });
  add('constrained to an address, outside', false, { ...addressed, host: inside });
}

async function addFiles(): Promise<void> {
  const { root, intermediate } = corporate();
  const [cert, key] = [join(folder, 'operator.pem'), join(folder, 'operator-key.pem')];
  writeFileSync(cert, root.pem + intermediate.pem);
  writeFileSync(key, intermediate.keyPem, { mode: 0o600 });
  const proxy = await serve(`{ mode: files, cert_file: ${cert}, key_file: ${key} }`);
  for (const host of [inside, longName, '2001:db8::10']) {
    add(`intermediate of the operator, for ${host}`, true, { proxy, trust: trusting('corporate', root.pem), host });
  }
}

/** Each proxy keeps the CA as it was when it started: all phases are there at once. */
async function addRotation(name: string, permit: readonly string[] | undefined): Promise<void> {
  const dir = join(folder, `rotated-${name}`);
  const ca = `{ mode: generate, dir: ${dir}${permit === undefined ? '' : `, permit: [${permit.join(', ')}]`} }`;
  const step = (which: RotationStep): unknown => rotate({ dir, permit, step: which, clock: systemClock });
  const split = (pem: string): string[] => pem.split(/(?<=-----END CERTIFICATE-----\n)/).filter(Boolean);
  const before = await serve(ca);
  const old = trusting(`${name}-old`, before.trustPem);
  step('begin');
  const published = await serve(ca);
  const [, next = ''] = split(published.trustPem);
  const [both, onlyNew] = [trusting(`${name}-both`, published.trustPem), trusting(`${name}-new`, next)];
  step('finish');
  const overlap = await serve(ca);
  step('retire');
  const after = await serve(ca);
  const phases = { published, overlap, after };
  const trusts = { old, both, new: onlyNew };
  const refused = ['published, trusting new', 'after, trusting old'];
  for (const [phase, proxy] of Object.entries(phases)) {
    for (const [whom, trust] of Object.entries(trusts)) {
      const what = `${phase}, trusting ${whom}`;
      add(`rotation, ${name}, ${what}`, !refused.includes(what), { proxy, trust, host: inside });
      if (permit !== undefined) add(`rotation, ${name}, ${what}, outside`, false, { proxy, trust, host: outside });
    }
  }
}

for (const client of tlsClients) {
  const [command, ...args] = client.needs;
  // Skipped, and seen to be, where the machine does not have it.
  const where = spawnSync(command, args).status === 0 ? describe : describe.skip;
  where(`what ${client.name} says of each CA, inside a CONNECT`, () => {
    beforeAll(() => client.build?.(folder), 240_000);

    it('is what it has to be', async () => {
      const asked = [...expected].filter(([, { job }]) => client.cannot?.test(job.host) !== true);
      const names = asked.map(([name]) => name);
      const answers = await client.run(
        asked.map(([, { job }]) => job),
        folder,
      );
      const found = Object.fromEntries(names.map((name, index) => [name, answers[index]]));
      const right = names.filter((name) => (found[name] === 'ok') === expected.get(name)?.ok);
      expect(names.filter((name) => !right.includes(name)).map((name) => `${name}: ${found[name]}`)).toEqual([]);
      expect(names.length).toBeGreaterThan(30);
      // What is refused is refused for its certificate, not because something else went wrong.
      for (const [name, { ok }] of asked) {
        if (!ok) expect(`${name}: ${found[name]}`).toMatch(/certif|subtree|issuer|PKIX|x509/i);
      }
    }, 120_000);
  });
}
