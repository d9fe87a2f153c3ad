import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fetch } from 'undici';
import { startBackend, type BackendServer } from '../secrets/backend-server.js';
import { appKeys, fakeGitHub, type FakeGitHub } from '../secrets/fakes/github.js';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { startProxy, type TestProxy } from '../support/proxy.js';

const [api, git] = ['api.github.com', 'github.com'];
const authority = testAuthority();
const keys = appKeys();
let server: BackendServer;
let fake: FakeGitHub;
let origin: Origin;
let proxy: TestProxy;
/** Tokens that the destination has not heard of yet, though GitHub made them. */
let unheard: (token: string) => boolean;

beforeEach(async () => {
  unheard = () => false;
  const repositories = [{ id: 1, name: 'acme/site' }];
  const installation = { id: 7, account: 'acme', type: 'Organization', permissions: { contents: 'write' } } as const;
  const installations = [{ ...installation, repositories }];
  fake = fakeGitHub([{ appId: 12, clientId: 'Iv1.a', publicKey: keys.publicKey, installations }]);
  server = await startBackend(fake.handler);
  origin = await startOrigin(authority, [api, git], ({ headers: { authorization = '' } }, response) => {
    const [scheme, word = ''] = authorization.split(' ');
    const token = scheme === 'Basic' ? Buffer.from(word, 'base64').toString().replace('x-access-token:', '') : word;
    response.statusCode = fake.isLive(token) && !unheard(token) ? 200 : 401;
    response.end('{}');
  });
  proxy = await startProxy({
    authority,
    origins: { [`${api}:443`]: origin.port, [`${git}:443`]: origin.port },
    environment: { APP_KEY: keys.pkcs8 },
    yaml: [
      'secrets:',
      '  app-key: { from: env, name: APP_KEY, hosts: [] }',
      '  app:',
      '    { from: github-app, client_id: Iv1.a, private_key: app-key, repositories: [acme/site], permissions: { contents: write },',
      `      address: "${server.address}/api/v3", ca_file: ${JSON.stringify(server.caFile)}, hosts: [${api}, ${git}] }`,
      'policies:',
      `  - { name: api, hosts: [${api}], inject: [{ place: header, name: authorization, template: "Bearer {app}" }] }`,
      `  - { name: git, hosts: [${git}], paths: [/acme/site.git/**], inject: [{ place: basic, username: x-access-token, password: "{app}" }] }`,
    ].join('\n'),
  });
});
afterEach(async () => {
  await proxy.close();
  await origin.close();
  await server.close();
});

async function ask(url: string, method = 'GET'): Promise<number> {
  const dispatcher = proxy.agent();
  const answer = await fetch(url, { method, dispatcher });
  await answer.text();
  await dispatcher.close();
  return answer.status;
}

describe('the token of a GitHub App', () => {
  it('is the same one for the API and for git over HTTPS, where it is a password', async () => {
    expect(await ask(`https://${api}/repos/acme/site`)).toBe(200);
    expect(await ask(`https://${git}/acme/site.git/info/refs?service=git-upload-pack`)).toBe(200);
    expect(fake.tokens).toHaveLength(1);
    expect(await ask(`https://${git}/acme/payroll.git/info/refs?service=git-upload-pack`)).toBe(403);
  });

  it('is asked for once more where the API has not heard of it yet, as happens in the first seconds', async () => {
    unheard = (token) => token === fake.tokens[0]?.token;
    expect(await ask(`https://${api}/repos/acme/site`)).toBe(200);
    expect(fake.tokens).toHaveLength(2);
  });

  it('is not asked for again and again by a destination that knows none', async () => {
    unheard = () => true;
    for (let count = 0; count < 3; count += 1) expect(await ask(`https://${api}/repos/acme/site`)).toBe(401);
    expect(fake.tokens).toHaveLength(2);
  });
});
