import { describe, expect, it } from '@jest/globals';
import { planDisarm } from '../../src/adopt/disarm.js';
import { madeUp } from './made-up.js';

const secret = madeUp('mdb_sa_sk_<40 alnum>');
const plan = (environment: Record<string, string>) => planDisarm({ command: 'node', args: [], environment });

describe('the secret of a client that fetches its tokens itself', () => {
  it('is a leftover where nobody says whose it is', () => {
    expect(plan({ MDB_MCP_API_CLIENT_SECRET: secret }).leftovers).toEqual([
      {
        where: 'MDB_MCP_API_CLIENT_SECRET',
        why: expect.stringContaining('MDB_MCP_API_CLIENT_ID is not set') as unknown,
      },
    ]);
  });

  it('is bound to the host of its endpoint, and exchanged there for what goes on requests', () => {
    const { leftovers, bindings, exchanges, disarm } = plan({
      MDB_MCP_API_CLIENT_ID: 'mdb_sa_id_1',
      MDB_MCP_API_CLIENT_SECRET: secret,
    });
    expect(leftovers).toEqual([]);
    expect(bindings).toMatchObject([{ secretName: 'mongodb-atlas', hosts: ['cloud.mongodb.com'], isExchanged: true }]);
    expect(exchanges).toMatchObject([
      {
        secretName: 'mongodb-atlas-access',
        endpoint: 'https://cloud.mongodb.com/api/oauth/token',
        clientId: 'mdb_sa_id_1',
        clientAuth: 'basic',
        clientSecret: 'mongodb-atlas',
        hosts: ['cloud.mongodb.com'],
        inject: [{ place: 'header', name: 'authorization', template: '{mongodb-atlas-access}', mode: 'substitute' }],
      },
    ]);
    const { environment } = disarm((name) => `<${name}>`);
    expect(environment).toEqual({ MDB_MCP_API_CLIENT_ID: 'mdb_sa_id_1', MDB_MCP_API_CLIENT_SECRET: '<mongodb-atlas>' });
  });

  it('of Shopify is exchanged for what goes into a header of its own, and the answer need not say of what type it is', () => {
    const environment = { MYSHOPIFY_DOMAIN: 'acme.myshopify.com', SHOPIFY_CLIENT_ID: 'app' };
    const { leftovers, exchanges } = plan({ ...environment, SHOPIFY_CLIENT_SECRET: madeUp('shpss_<32 hex>') });
    expect(leftovers).toEqual([]);
    expect(exchanges).toMatchObject([
      {
        ...{ endpoint: 'https://acme.myshopify.com/admin/oauth/access_token', clientAuth: 'post', untyped: true },
        inject: [{ place: 'header', name: 'x-shopify-access-token', template: '{shopify-access}', mode: 'substitute' }],
      },
    ]);
  });

  it('goes to the host that a variable names instead', () => {
    const { exchanges, bindings } = plan({
      MDB_MCP_API_CLIENT_ID: 'mdb_sa_id_1',
      MDB_MCP_API_CLIENT_SECRET: secret,
      MDB_MCP_API_BASE_URL: 'https://atlas.example.com:8443/',
    });
    expect(bindings[0]?.hosts).toEqual(['atlas.example.com:8443']);
    expect(exchanges[0]?.endpoint).toBe('https://atlas.example.com:8443/api/oauth/token');
  });
});
