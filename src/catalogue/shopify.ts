import { header, service } from './service.js';

export const shopify = service({
  name: 'shopify',
  hosts: [],
  hostsFrom: [{ variable: 'MYSHOPIFY_DOMAIN' }],
  places: [header('x-shopify-access-token')],
  variables: [
    { name: 'SHOPIFY_ACCESS_TOKEN', shapes: ['shpat_<32 hex>'] },
    {
      name: 'SHOPIFY_CLIENT_SECRET',
      shapes: ['shpss_<32 hex>'],
      places: [
        {
          place: 'token',
          path: '/admin/oauth/access_token',
          auth: 'post',
          clientId: 'SHOPIFY_CLIENT_ID',
          shape: 'shpat_<32 hex>',
          header: 'x-shopify-access-token',
          untyped: true,
        },
      ],
    },
  ],
  companions: ['MYSHOPIFY_DOMAIN', 'SHOPIFY_CLIENT_ID'],
  packages: ['shopify-mcp'],
  minting: {
    rules: [
      {
        name: 'storefront-tokens',
        what: 'storefront tokens',
        methods: 'all',
        paths: ['/admin/api/*/storefront_access_tokens/**', '/admin/storefront_access_tokens/**'],
      },
    ],
    read: 'memory',
    unseen:
      'GraphQL (/admin/api/*/graphql.json) makes storefront and delegate tokens too, and nothing is told apart there; /admin/oauth/access_token is how its own client signs in, and is let through',
  },
});
