import { authorization, service, under } from './service.js';

export const cloudflare = service({
  name: 'cloudflare',
  hosts: ['api.cloudflare.com', '*.mcp.cloudflare.com'],
  places: [authorization],
  variables: [{ name: 'CLOUDFLARE_API_TOKEN', shapes: ['<40 base64url>'] }],
  companions: ['CLOUDFLARE_ACCOUNT_ID'],
  packages: ['cloudflare/mcp-server-cloudflare'],
  minting: {
    rules: [
      {
        name: 'api-tokens',
        what: 'API tokens',
        paths: ['/client/v4/user/tokens/**', '/client/v4/accounts/*/tokens/**'],
      },
      {
        name: 'access-tokens',
        what: 'service tokens of Access and clients of OAuth',
        paths: [...under(['/client/v4/*/*/access'], ['/service_tokens/**']), '/client/v4/accounts/*/oauth_clients/**'],
      },
      {
        name: 'storage-credentials',
        what: 'credentials of storage and registries',
        paths: under(
          ['/client/v4/accounts/*'],
          [
            '/r2/temp-access-credentials',
            '/r2-catalog/*/credential',
            '/basin-catalog/*/credential',
            '/containers/registries/*/credentials',
          ],
        ),
      },
      {
        name: 'media-keys',
        what: 'signing keys of media, secrets of widgets, tokens of relays and search',
        paths: under(
          ['/client/v4/accounts/*'],
          [
            '/stream/keys',
            '/images/v1/keys/*',
            '/challenges/widgets/*/rotate_secret',
            '/moq/relays/*/tokens',
            '/ai-search/tokens/**',
            '/mnm/vpc-flows/token',
            '/client-secret',
          ],
        ),
      },
      {
        name: 'shown-tokens',
        what: 'keys that a GET shows',
        methods: 'all',
        paths: [
          ...under(['/client/v4/accounts/*'], ['/images/v1/keys']),
          ...under(['/client/v4/user'], ['/api_key', '/service_keys/**']),
        ],
      },
      {
        name: 'tunnel-tokens',
        what: 'tokens that run a tunnel',
        methods: 'all',
        paths: under(['/client/v4/accounts/*'], ['/cfd_tunnel/*/token', '/warp_connector/*/token']),
      },
      {
        name: 'client-certificates',
        what: 'client certificates of a zone, for a key of the caller',
        paths: ['/client/v4/zones/*/client_certificates'],
      },
    ],
    letThrough:
      'the upload token of a Pages project (wrangler asks for one with each deployment: it takes files of that project, and ends by itself), the token of one video or of one participant, secrets put into Workers and the store, which no answer shows again, and certificates of an origin, for which the caller has to have the key',
    read: 'cloudflare 7.3.0; user/api_key, user/service_keys and client certificates from memory',
    unseen:
      'GraphQL (/client/v4/graphql) only reads analytics; the servers under mcp.cloudflare.com take a tool name in the body',
  },
  // Left out: tokens, keys, secrets, members, audit logs, logs of requests, values of KV and D1, scripts of Workers (they hold secrets in plain text).
  readOnly: {
    hosts: ['api.cloudflare.com'],
    paths: under(
      ['/client/v4'],
      [
        '/zones',
        '/zones/*',
        '/zones/*/dns_records',
        '/zones/*/dns_records/*',
        '/zones/*/settings',
        '/zones/*/settings/*',
        '/zones/*/rulesets',
        '/zones/*/rulesets/*',
        '/zones/*/pagerules',
        '/zones/*/pagerules/*',
        '/zones/*/ssl/certificate_packs',
        '/zones/*/ssl/verification',
        '/accounts',
        '/accounts/*',
        '/accounts/*/workers/scripts',
        '/accounts/*/storage/kv/namespaces',
        '/accounts/*/d1/database',
        '/accounts/*/r2/buckets',
        '/user/tokens/verify',
      ],
    ),
    read: 'cloudflare 7.3.0',
    leftOut:
      'tokens, members, audit logs, stored values, scripts and Pages projects, which show variables in plain text',
  },
});
