import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { generatedSecret, startProxy, type TestProxy } from '../support/proxy.js';

const github = 'api.github.com';
const notion = 'api.notion.com';
const secret = generatedSecret();
let origin: Origin;
let proxy: TestProxy;

beforeAll(async () => {
  const authority = testAuthority();
  origin = await startOrigin(authority, [github, notion]);
  proxy = await startProxy({
    authority,
    origins: { [`${github}:443`]: origin.port, [`${notion}:443`]: origin.port },
    environment: { TOKEN: secret },
    yaml: `
secrets:
  token: { from: env, name: TOKEN, hosts: [${github}, ${notion}] }
policies:
  - { name: all, hosts: [${github}], inject: [{ place: header, name: authorization, template: "Bearer {token}" }] }
  - { name: read, service: notion, access: read-only, inject: [{ place: header, name: authorization, template: "Bearer {token}" }] }
`,
  });
});
afterAll(async () => {
  await proxy.close();
  await origin.close();
});

async function asked(
  host: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const agent = proxy.agent();
  const { statusCode, body } = await agent.request({
    origin: `https://${host}`,
    method: method,
    path,
    headers,
  });
  const text = await body.text();
  await agent.close();
  return statusCode === 200 ? 'allowed' : (JSON.parse(text) as { error: { code: string } }).error.code;
}

describe('an allowed program that asks for a credential of its own', () => {
  it.each([
    '/repos/acme/site/keys',
    '/repos/acme/site/Keys/',
    '//user//keys',
    '/repos/acme%2Fsite/keys',
    '/app/installations/1/access_tokens',
  ])('is refused, and nothing leaves: POST %s', async (path) => {
    const before = origin.seen.length;
    expect(await asked(github, 'POST', path)).toBe('denied');
    expect(origin.seen).toHaveLength(before);
  });

  it('is told in the audit by its code, and to the operator with the rule and the way out', async () => {
    await asked(github, 'POST', '/user/keys');
    expect(proxy.records().findLast(({ kind }) => kind === 'refused')).toMatchObject({
      code: 'denied',
      path: '/user/keys',
    });
    expect(proxy.reports.at(-1)?.refusal.hint).toBe(
      'The deny rule "catalogue github/user-keys" forbids it. It would make new credentials (keys of a user): `unsafe_minting: [github/user-keys]` in the configuration allows that.',
    );
  });

  it('gains nothing by a header that overrides the method', async () => {
    for (const name of [
      'x-http-method-override',
      'x-http-method',
      'x-method-override',
      'x-original-url',
      'x-rewrite-url',
    ]) {
      expect(await asked(github, 'GET', '/user', { [name]: name.includes('url') ? '/user/keys' : 'POST' })).toBe(
        'allowed',
      );
      const { method, url, rawHeaders = [] } = origin.seen.at(-1) ?? {};
      expect([method, url]).toEqual(['GET', '/user']);
      expect(rawHeaders.map((text) => text.toLowerCase())).not.toContain(name);
    }
  });

  it('goes on with everything else', async () => {
    expect(await asked(github, 'POST', '/repos/acme/site/issues')).toBe('allowed');
    expect(await asked(github, 'GET', '/user/keys')).toBe('allowed');
  });
});

describe('a policy for what reads', () => {
  it('lets a search pass, which is a POST, and refuses a new page', async () => {
    expect(await asked(notion, 'POST', '/v1/search')).toBe('allowed');
    expect(await asked(notion, 'GET', '/v1/pages/p1')).toBe('allowed');
    expect(await asked(notion, 'POST', '/v1/pages')).toBe('no_policy');
    expect(await asked(notion, 'PATCH', '/v1/pages/p1')).toBe('no_policy');
  });
});
