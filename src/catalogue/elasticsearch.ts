import { anyShape, authorization, basic, service } from './service.js';

export const elasticsearch = service({
  name: 'elasticsearch',
  hosts: [],
  hostsFrom: [{ variable: 'ES_URL' }],
  places: [authorization],
  variables: [
    { name: 'ES_API_KEY', shapes: ['<60 base64url>'] },
    { name: 'ES_PASSWORD', shapes: anyShape, places: [basic] },
  ],
  companions: ['ES_URL', 'ES_USERNAME'],
  packages: ['elastic/mcp-server-elasticsearch', 'mcp-server-elasticsearch'],
  minting: {
    rules: [
      {
        name: 'api-keys',
        what: 'API keys',
        paths: ['/**/_security/api_key/**', '/**/_security/cross_cluster/api_key/**'],
      },
      {
        name: 'tokens',
        what: 'tokens',
        paths: [
          '/**/_security/oauth2/token',
          '/**/_security/service/**',
          '/**/_security/delegate_pki',
          '/**/_security/saml/**',
          '/**/_security/oidc/**',
        ],
      },
      {
        name: 'users',
        what: 'users, roles and passwords',
        paths: ['/**/_security/user/**', '/**/_security/role/**', '/**/_security/role_mapping/**'],
      },
      { name: 'enrollment', what: 'tokens that a GET shows', methods: 'all', paths: ['/**/_security/enroll/**'] },
    ],
    read: 'elastic/elasticsearch-specification for service tokens, the rest from memory',
    unseen: "a path that begins with Kibana's console proxy (/api/console/proxy) names the real one in its query",
  },
});
