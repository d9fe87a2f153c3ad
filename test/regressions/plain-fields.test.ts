import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fetch } from 'undici';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { generatedSecret, startProxy, type TestProxy } from '../support/proxy.js';

const host = 'jira.example.com';
const authority = testAuthority();
const folder = mkdtempSync(join(tmpdir(), 'keywright-plain-'));
const file = join(folder, 'jira.json');
let token: string;
let origin: Origin;
let proxy: TestProxy;
/** What the destination makes of the credential it was sent. */
let answer: (basic: string) => string;

beforeEach(async () => {
  token = generatedSecret();
  writeFileSync(file, JSON.stringify({ user: 'bob', token }), { mode: 0o600 });
  origin = await startOrigin(authority, [host], ({ headers: { authorization = '' } }, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end(answer(authorization.replace('Basic ', '')));
  });
});
afterEach(async () => {
  await proxy.close();
  await origin.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function ask(plain: string): Promise<{ readonly status: number; readonly text: string }> {
  proxy = await startProxy({
    authority,
    origins: { [`${host}:443`]: origin.port },
    yaml: [
      'secrets:',
      `  jira: { from: file, path: ${JSON.stringify(file)}, format: json, hosts: [${host}]${plain} }`,
      'policies:',
      `  - { name: jira, hosts: [${host}], inject: [{ place: basic, username: "{jira.user}", password: "{jira.token}" }] }`,
    ].join('\n'),
  });
  const dispatcher = proxy.agent();
  const response = await fetch(`https://${host}/`, { dispatcher });
  const read = { status: response.status, text: await response.text() };
  await dispatcher.close();
  return read;
}

const plainUser = ', plain_fields: [user]';

describe('a short user name beside a token', () => {
  it('is refused unless the configuration calls it no secret', async () => {
    answer = () => 'never';
    const { status, text } = await ask('');
    expect({ status, text }).toEqual({ status: 503, text: expect.stringContaining('secret_unavailable') });
  });

  it('goes out as it is, and the token is masked in answers in every form it was sent in', async () => {
    let arrived = '';
    answer = (basic) => {
      arrived = Buffer.from(basic, 'base64').toString();
      const forms = [token, basic, encodeURIComponent(basic), Buffer.from(token).toString('base64'), `bob:${token}`];
      return forms.join(' | ');
    };
    const { status, text } = await ask(plainUser);
    expect({ status, arrived }).toEqual({ status: 200, arrived: `bob:${token}` });
    for (const form of [token, Buffer.from(`bob:${token}`).toString('base64'), Buffer.from(token).toString('base64')]) {
      expect(text).not.toContain(form);
    }
    expect(text).toMatch(/^\*+ \| \*+ \| [^|]+ \| \*+\w?=* \| bob:\*+$/);
    expect(proxy.written()).not.toContain(token);
  });

  it('is not masked by itself, however often an answer has it', async () => {
    answer = () => 'bob, kebobs and bobsleighs';
    expect(await ask(plainUser)).toEqual({ status: 200, text: 'bob, kebobs and bobsleighs' });
  });
});
