import { header, service } from './service.js';

export const shopify = service({
  name: 'shopify',
  hosts: [],
  hostsFrom: [{ variable: 'MYSHOPIFY_DOMAIN' }],
  places: [header('x-shopify-access-token')],
  variables: [
    { name: 'SHOPIFY_ACCESS_TOKEN', shapes: ['shpat_<32 hex>'] },
    { name: 'SHOPIFY_CLIENT_SECRET', shapes: ['shpss_<32 hex>'], places: [{ place: 'oauth' }] },
  ],
  companions: ['MYSHOPIFY_DOMAIN', 'SHOPIFY_CLIENT_ID'],
  packages: ['shopify-mcp'],
});
