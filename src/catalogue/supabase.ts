import { optionArgument } from './argument-rule.js';
import { authorization, service } from './service.js';

export const supabase = service({
  name: 'supabase',
  hosts: ['api.supabase.com'],
  places: [authorization],
  variables: [{ name: 'SUPABASE_ACCESS_TOKEN', shapes: ['sbp_<40 hex>'] }],
  packages: ['@supabase/mcp-server-supabase'],
  arguments: [optionArgument(['--access-token'], ['sbp_<40 hex>'])],
  minting: {
    rules: [
      {
        name: 'api-keys',
        what: 'API keys, which a GET shows too',
        methods: 'all',
        paths: ['/v1/projects/*/api-keys/**', '/v1/projects/*/pgsodium', '/v1/projects/*/config/auth/signing-keys/**'],
      },
      {
        name: 'secrets',
        what: 'secrets',
        methods: 'all',
        paths: [
          '/v1/projects/*/secrets/**',
          '/v1/projects/*/postgrest',
          '/v1/projects/*/config/auth',
          '/v1/projects/*/config/auth/sso/**',
          '/v1/projects/*/config/auth/third-party-auth/**',
          '/v1/projects/*/cli/login-role',
        ],
      },
      {
        name: 'branches',
        what: 'branches, which show a password',
        methods: 'all',
        paths: ['/v1/branches/**', '/v1/projects/*/database/password'],
      },
      { name: 'oauth-tokens', what: 'OAuth tokens', methods: 'all', paths: ['/v1/oauth/**'] },
    ],
    read: 'public clients of the Management API for api-keys, the rest from memory',
    unseen: 'SQL (/v1/projects/*/database/query) can make users and read secrets: nothing is told apart there',
  },
});
