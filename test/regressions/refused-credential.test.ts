import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fetch } from 'undici';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { generatedSecret, startProxy, type TestProxy } from '../support/proxy.js';

const host = 'api.example.com';
const authority = testAuthority();
let origin: Origin;
let proxy: TestProxy;
let old: string;
let current: string;
/** What the destination does where it is shown what it does not take any more. */
let onOld: () => void;

beforeEach(async () => {
  [old, current] = [generatedSecret(), generatedSecret()];
  onOld = () => writeFileSync(join(proxy.folder, 'key'), current, { mode: 0o600 });
  origin = await startOrigin(authority, [host], (request, response) => {
    const shown = String(request.headers.authorization);
    request.resume();
    if (shown === `Bearer ${current}`) {
      response.end(JSON.stringify({ shown, path: request.url }));
      return;
    }
    onOld();
    // More than one buffer of a socket, so that it has not all come when it is decided.
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end('no '.repeat(400_000));
  });
  proxy = await startProxy({
    authority,
    origins: { [`${host}:443`]: origin.port },
    yaml: [
      `secrets: { api: { from: file, path: ./key, hosts: [${host}] } }`,
      `policies: [{ name: api, hosts: [${host}], inject: [{ place: header, name: authorization, template: "Bearer {api}" }] }]`,
    ].join('\n'),
  });
  writeFileSync(join(proxy.folder, 'key'), old, { mode: 0o600 });
});
afterEach(async () => {
  await proxy.close();
  await origin.close();
});

async function ask(init: { method?: string; body?: string } = {}): Promise<{ status: number; text: string }> {
  const dispatcher = proxy.agent();
  const answer = await fetch(`https://${host}/thing?page=2`, { ...init, dispatcher });
  const text = await answer.text();
  await dispatcher.close();
  return { status: answer.status, text };
}

const shown = (): string[] =>
  origin.seen.map(
    ({ rawHeaders }) => rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'authorization') + 1] ?? '',
  );
const told = (): string[] =>
  proxy
    .records()
    .filter(({ kind }) => ['use', 'end', 'refused'].includes(kind))
    .map(({ kind, code, status }) => [kind, code, status].filter(Boolean).join(' '));

describe('a credential that its destination refuses', () => {
  it('is replaced by what its source has now, and the request sent once more: the caller sees nothing of it', async () => {
    const { status, text } = await ask();
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({ shown: `Bearer ${'*'.repeat(current.length)}`, path: '/thing?page=2' });
    expect(shown()).toEqual([`Bearer ${old}`, `Bearer ${current}`]);
    expect(told()).toEqual(['use', 'end credential_refused 401', 'use', 'end ok 200']);
    const uses = proxy.records().filter(({ kind }) => kind === 'use');
    const versions = uses.map(({ secrets }) => (secrets as { version: string }[])[0]?.version);
    expect(new Set(versions).size).toBe(2);
    expect(new Set(uses.map(({ id }) => id)).size).toBe(2);
    expect(proxy.written()).toContain('"event":"rotated"');
    for (const value of [old, current]) expect(proxy.written()).not.toContain(value);
  });

  it('is handed on as it is where its source has no other', async () => {
    onOld = () => undefined;
    const { status, text } = await ask();
    expect([status, text.length]).toEqual([401, 1_200_000]);
    expect(shown()).toEqual([`Bearer ${old}`]);
    expect(told()).toEqual(['use', 'end ok 401']);
  });

  it('is not replaced on a request that changes something, or has a body: the next one gets the new one', async () => {
    expect((await ask({ method: 'POST', body: 'x' })).status).toBe(401);
    expect((await ask({ method: 'DELETE' })).status).toBe(200);
    expect(shown()).toEqual([`Bearer ${old}`, `Bearer ${current}`]);
  });

  it('is replaced once for a request, however often it is refused', async () => {
    onOld = () => writeFileSync(join(proxy.folder, 'key'), generatedSecret(), { mode: 0o600 });
    expect((await ask()).status).toBe(401);
    expect(shown()).toHaveLength(2);
  });

  it('asks its source for no more than one replacement a minute: a destination that always refuses costs one', async () => {
    onOld = () => undefined;
    await ask();
    onOld = () => writeFileSync(join(proxy.folder, 'key'), generatedSecret(), { mode: 0o600 });
    expect((await ask()).status).toBe(401);
    expect(shown()).toHaveLength(2);
  });
});
