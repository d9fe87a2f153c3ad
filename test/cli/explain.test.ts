import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openLog } from '../audit/read/written-log.js';
import { useFields } from '../audit/memory-sink.js';
import { generatedSecret } from '../support/proxy.js';
import { say } from './terminal.js';

const own = `12345:${generatedSecret()}`;
const ids = { used: randomUUID(), misplaced: randomUUID() };
let home: string;
let config: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'keywright-explain-'));
  config = join(home, 'keywright.yaml');
  writeFileSync(
    config,
    `version: 1
secrets:
  bot: { from: env, name: TOKEN, hosts: [api.telegram.org], placeholder: "<10 digits>:<35 base64url>" }
clients:
  - { name: desk, token_sha256: ${'ab'.repeat(32)} }
policies:
  - name: bot
    hosts: [api.telegram.org]
    paths: [/*/getMe, /other]
    inject: [{ place: path, template: "/bot{bot}" }]
  - name: file
    hosts: [api.telegram.org]
    paths: [/file/**]
    inject: [{ place: path, template: "/file/bot{bot}", mode: substitute }]
  - name: body
    hosts: [api.telegram.org]
    paths: [/body]
    inject:
      - { place: json, pointer: /a, template: "{bot}" }
      - { place: form, field: a, template: "{bot}", mode: substitute }
audit: [{ type: file, dir: ./audit }]
`,
    { mode: 0o600 },
  );
  const log = openLog(join(home, 'audit'), 'desk');
  const fields = { ...useFields, client: 'desk', scheme: 'https', host: 'api.telegram.org', port: 443, method: 'GET' };
  await log.audit.use(ids.used, { ...fields, path: '/bot[a credential]/getMe' });
  await log.audit.use(ids.misplaced, { ...fields, path: '[holds a placeholder]' });
  await log.audit.close();
});

afterAll(() => rmSync(home, { recursive: true }));

const ask = (...args: string[]) => say(['explain', ...args, '--config', config], home);
const get = (path: string, ...more: string[]) => ask('GET', `https://api.telegram.org${path}`, ...more);

describe('explain, of a path that a credential travels in', () => {
  it.each([
    ['allowed', `/bot${own}/getMe`, 0],
    ['refused, with the line that would allow it', `/bot${own}/getUpdates?${own}`, 1],
    ['refused as it reads two ways', `//bot${own}/getMe`, 1],
  ])('repeats nothing of what was sent there: %s', async (_, path, code) => {
    for (const more of [[], ['--json']]) {
      const said = await get(path, ...more);
      expect(said.code).toBe(code);
      expect(said.out + said.error).not.toContain(own);
    }
  });

  it('says where the credential goes, and which line allows another path', async () => {
    const allowed = await get(`/bot${own}/getMe`);
    expect(allowed.out).toContain('GET https://api.telegram.org:443/bot[a credential]/getMe\n');
    expect(allowed.out).toContain('bot → path /bot{bot} (set)\n');
    expect((await get(`/bot${own}/getUpdates`)).out).toContain('paths: ["/*/getUpdates"]');
  });

  it('says that it goes without where the path is another', async () => {
    expect((await get('/other')).out).toContain('path /bot{bot} (set: it is for other paths, so nothing goes)');
    expect((await get('/file/bot1/a')).out).toContain('(substitute: no placeholder in this request, so nothing goes)');
  });

  it('says that a body decides, which it does not have', async () => {
    const { out } = await ask('POST', 'https://api.telegram.org/body');
    expect(out).toContain('bot → json /a (set: where the request has a body of this type)\n');
    expect(out).toContain(
      'form a (substitute: where the request has a body of this type with its placeholder there)\n',
    );
    expect(out).not.toContain('nothing goes');
  });

  it('is asked again by the id of its record', async () => {
    const { code, out } = await ask(ids.used);
    expect(code).toBe(0);
    expect(out).toContain('/bot[a credential]/getMe\n');
    expect(out).toContain('bot → path /bot{bot} (set)\n');
  });

  it('is not, where the record does not have the path', async () => {
    expect(await ask(ids.misplaced)).toMatchObject({
      code: 2,
      error: expect.stringContaining('does not have its path'),
    });
  });
});
