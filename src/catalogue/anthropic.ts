import { authorization, header, service } from './service.js';

export const anthropic = service({
  name: 'anthropic',
  hosts: ['api.anthropic.com'],
  hostsFrom: [{ variable: 'ANTHROPIC_BASE_URL' }],
  places: [header('x-api-key')],
  variables: [
    { name: 'ANTHROPIC_API_KEY', shapes: ['sk-ant-api03-<93 base64url>AA', 'sk-ant-<100 base64url>'] },
    { name: 'ANTHROPIC_AUTH_TOKEN', shapes: ['sk-ant-oat01-<93 base64url>AA'], places: [authorization] },
  ],
  companions: ['ANTHROPIC_BASE_URL'],
  minting: {
    rules: [
      {
        name: 'api-keys',
        what: 'keys of the organization',
        paths: ['/**/organizations/api_keys/**', '/**/organizations/external_keys/**'],
      },
      {
        name: 'service-accounts',
        what: 'service accounts and federation',
        paths: [
          '/**/organizations/service_accounts/**',
          '/**/organizations/federation_issuers/**',
          '/**/organizations/federation_rules/**',
        ],
      },
      {
        name: 'tunnel-tokens',
        what: 'tokens of tunnels',
        paths: ['/**/tunnels/*/reveal_token', '/**/tunnels/*/rotate_token'],
        methods: 'all',
      },
      {
        name: 'webhooks',
        what: 'signing secrets of webhooks',
        paths: ['/**/organizations/webhooks', '/**/organizations/webhooks/*/regenerate_signing_secret'],
      },
      {
        name: 'sign-in-links',
        what: 'links that sign a user in',
        paths: ['/**/user_profiles/*/enrollment_url', '/**/user_profiles/*/action_urls'],
      },
      { name: 'oauth-tokens', what: 'OAuth tokens', paths: ['/**/oauth/token', '/**/oauth/*/create_api_key'] },
    ],
    letThrough: 'credentials put into a vault, which no answer shows again',
    read: '@anthropic-ai/sdk 1.14.0, but for the OAuth paths, which are from memory',
  },
  // A completion is no read: it is paid for. Left out: files, batches and their results, which are data in bulk; all of the organization.
  readOnly: {
    hosts: ['api.anthropic.com'],
    paths: ['/v1/models', '/v1/models/*'],
    posts: { paths: ['/v1/messages/count_tokens'], why: 'it counts, and nothing is kept or paid for' },
    read: '@anthropic-ai/sdk 1.14.0',
    leftOut: 'completions, which are paid for; files, batches, vaults and the organization',
  },
});
