import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { madeUp } from '../adopt/made-up.js';
import { openServer } from './mcp-client.js';
import { clients, keywrightRun, type Ended } from '../support/run.js';
import { startVendors, type Asked, type Said, type Vendor, type VendorServer } from './vendor-server.js';

jest.setTimeout(60_000);

const secrets = {
  atlas: madeUp('mdb_sa_sk_<40 base64url>'),
  shop: madeUp('shpss_<32 hex>'),
  own: madeUp('<40 alnum>'),
};
/** The access tokens that were given out: to Keywright, if all is well. */
const issued: string[] = [];
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${encodeURIComponent(password)}`).toString('base64')}`;

/** Gives a token to whoever shows the secret, and data to whoever shows the token; both repeat it where a vendor might. */
function vendor(host: string, path: string, isClient: (asked: Asked) => boolean, shape: string, more: object): Vendor {
  const shown = ({ headers }: Asked): string =>
    [headers['x-shopify-access-token'], headers.authorization?.replace('Bearer ', '')].flat().find(Boolean) ?? '';
  return {
    hosts: [host],
    isKnown: (asked) => asked.path === path || issued.includes(shown(asked)),
    answer: (asked): Said | undefined => {
      if (asked.path !== path)
        return { json: { data: { shop: { name: 'found' }, products: { edges: [] } }, with: shown(asked) } };
      const isGrant = new URLSearchParams(asked.body.toString()).get('grant_type') === 'client_credentials';
      if (!isGrant || !isClient(asked)) return { status: 401, json: { error: 'invalid_client' } };
      issued.push(madeUp(shape));
      return { json: { access_token: issued.at(-1), expires_in: 86_399, ...more } };
    },
  };
}

const byForm = (id: string, secret: string) => (asked: Asked) => {
  const form = new URLSearchParams(asked.body.toString());
  return form.get('client_id') === id && form.get('client_secret') === secret;
};
const shop = 'keywright-tests.myshopify.com';
const vendors = [
  vendor(
    'cloud.mongodb.com',
    '/api/oauth/token',
    ({ headers }) => headers.authorization === basic('mdb_sa_id_1', secrets.atlas),
    'eyJhbGciOiJFUzUxMiJ9.<64 base64url>.<86 base64url>',
    { token_type: 'Bearer' },
  ),
  vendor(shop, '/admin/oauth/access_token', byForm('shop-app', secrets.shop), 'shpat_<32 hex>', {
    scope: 'read_products',
  }),
  vendor('id.example.com', '/token', byForm('own-app', secrets.own), '<60 base64url>', { token_type: 'Bearer' }),
];
let server: VendorServer;
beforeAll(async () => {
  server = await startVendors(vendors);
});
afterEach(() => {
  server.arrived.length = 0;
  server.refused.length = 0;
  issued.length = 0;
});
afterAll(() => server.close());

const preload = new URL('leads-elsewhere.mjs', import.meta.url).href;
const leading = (name: string): Record<string, string> => ({
  ...{ NODE_EXTRA_CA_CERTS: server.caFile, STAND_IN_NAME: name, STAND_IN_PORT: String(server.port) },
});
const atlas = {
  ...{ MDB_MCP_API_CLIENT_ID: 'mdb_sa_id_1', MDB_MCP_API_CLIENT_SECRET: secrets.atlas },
  ...{ CLIENT_ID: 'MDB_MCP_API_CLIENT_ID', CLIENT_SECRET: 'MDB_MCP_API_CLIENT_SECRET' },
  TOKEN_URL: 'https://cloud.mongodb.com/api/oauth/token',
  API: 'https://cloud.mongodb.com/api/atlas/v2/groups',
};
const shopify = {
  ...{ MYSHOPIFY_DOMAIN: shop, SHOPIFY_CLIENT_ID: 'shop-app', SHOPIFY_CLIENT_SECRET: secrets.shop },
  ...{ CLIENT_ID: 'SHOPIFY_CLIENT_ID', CLIENT_SECRET: 'SHOPIFY_CLIENT_SECRET', AUTH: 'post' },
  ...{ HEADER: 'x-shopify-access-token', SCHEME: '' },
  TOKEN_URL: `https://${shop}/admin/oauth/access_token`,
  API: `https://${shop}/admin/api/2026-01/shop.json`,
};
const own = {
  ...{ MY_ID: 'own-app', CLIENT_ID: 'MY_ID', MY_SECRET: secrets.own, CLIENT_SECRET: 'MY_SECRET' },
  ...{ TOKEN_URL: 'https://id.example.com/token', API: 'https://id.example.com/data', AUTH: 'post' },
};

/** What the catalogue does not know, in a configuration. Its `oauth` source is led to the stand-in by its own options. */
const configured = (): string =>
  server.configure('own.yaml', [
    'secrets:',
    '  own-secret: { from: env, name: MY_SECRET, hosts: [id.example.com] }',
    '  own-token:',
    '    from: oauth',
    '    token_url: https://id.example.com/token',
    `    ca_file: ${JSON.stringify(server.caFile)}`,
    '    client_id: own-app',
    '    client_auth: post',
    '    client_secret: own-secret',
    '    hosts: [id.example.com]',
    'policies:',
    '  - { name: token, hosts: [id.example.com], paths: [/token], token_endpoint: { secret: own-token } }',
    '  - name: api',
    '    hosts: [id.example.com]',
    '    inject: [{ place: header, name: authorization, template: "{own-token}", mode: substitute }]',
    'run: { env: { MY_SECRET: own-secret } }',
  ]);

/** Nothing that is true came to the program, or to any file; and it worked. */
function expectNothingTrue({ code, stdout, stderr }: Ended): void {
  expect(`${server.refused.join('\n')}${code === 0 ? '' : stderr}`).toBe('');
  const got = JSON.parse(stdout) as { given: { access_token: string }; data: object; files: object };
  expect(got).toMatchObject({ status: 200, data: { data: { shop: { name: 'found' } } } });
  expect(got.given.access_token).toContain('0dec0de5');
  expect(JSON.stringify(got.data)).toMatch(/"with":"\*{20}/);
  // Before the program starts, so that what cannot be had is said; for it; and its own request.
  expect(server.arrived.map((text) => text.split(' ')[0])).toEqual(['POST', 'POST', 'GET']);
  expect(server.arrived.join('\n')).not.toContain('0dec0de5');
  expect(issued).toHaveLength(2);
  expect(Object.keys(got.files).length).toBeGreaterThan(3);
  for (const secret of [...Object.values(secrets), ...issued])
    expect(stdout + stderr + server.audit()).not.toContain(secret);
}

describe('a program that fetches its own token', () => {
  const table: [string, () => Record<string, string>, (() => string) | undefined][] = [
    ['by Basic, as of MongoDB Atlas', () => atlas, undefined],
    ['by a form, as of Shopify, which does not say what type its tokens are of', () => shopify, undefined],
    ['by a form, from a server of its own', () => own, configured],
  ];

  it.each(table)('%s', async (_, environment, config) => {
    const variables = environment();
    const outcome = await keywrightRun([process.execPath, `${clients}own_token.mjs`], {
      folder: server.folder,
      config: config?.() ?? server.config,
      environment: { ...variables, ...leading(new URL(variables['TOKEN_URL'] ?? '').hostname) },
      preload,
    });
    expectNothingTrue(outcome);
  });

  it('is not started where its secret is wrong, and that is told', async () => {
    const wrong = madeUp('shpss_<32 hex>');
    const { code, stdout, stderr } = await keywrightRun([process.execPath, `${clients}own_token.mjs`], {
      ...{ folder: server.folder, config: server.config, preload },
      environment: { ...shopify, SHOPIFY_CLIENT_SECRET: wrong, ...leading(shop) },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^keywright: the program was not started: .* answered invalid_client: [^\n]+\n$/);
    expect(stderr).not.toContain(wrong);
    expect(server.arrived).toHaveLength(1);
  });
});

const sdks = process.env['KEYWRIGHT_TEST_SDKS'] ?? '';
const script = join(sdks, 'node_modules/shopify-mcp/dist/index.js');
if (!existsSync(script)) console.warn('no KEYWRIGHT_TEST_SDKS: the server shopify-mcp is not tried');

(existsSync(script) ? describe : describe.skip)('the server shopify-mcp', () => {
  it('gets its token from Keywright, and never holds a true one', async () => {
    const { client, log } = await openServer([process.execPath, script], {
      ...{ config: server.config, folder: server.folder, preload },
      environment: { ...shopify, ...leading(shop) },
    });
    const answer = JSON.stringify(await client.callTool({ name: 'get-products', arguments: {} }));
    await client.close();
    expect(answer).not.toContain('isError');
    expect(server.refused).toEqual([]);
    expect(server.arrived.filter((text) => text.startsWith('POST /admin/api/'))).toHaveLength(1);
    expect(issued.length).toBeGreaterThan(0);
    for (const secret of [secrets.shop, ...issued]) expect(answer + log() + server.audit()).not.toContain(secret);
  });
});
