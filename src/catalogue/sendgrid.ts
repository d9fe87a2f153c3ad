import { authorization, service, under } from './service.js';

export const sendgrid = service({
  name: 'sendgrid',
  hosts: ['api.sendgrid.com'],
  places: [authorization],
  variables: [{ name: 'SENDGRID_API_KEY', shapes: ['SG.<22 base64url>.<43 base64url>'] }],
  packages: ['sendgrid-mcp'],
  minting: {
    rules: [
      { name: 'api-keys', what: 'API keys', paths: ['/v3/api_keys/**'] },
      {
        name: 'users',
        what: 'teammates and subusers',
        paths: [
          '/v3/teammates/**',
          '/v3/subusers/**',
          '/v3/sso/**',
          '/v3/user/password',
          '/v3/user/email',
          '/v3/scopes/requests/**',
        ],
      },
      {
        name: 'webhooks',
        what: 'signing keys of webhooks',
        methods: 'all',
        paths: ['/v3/user/webhooks/event/settings/signed/**', '/v3/user/webhooks/parse/**'],
      },
      { name: 'access-settings', what: 'access by address', paths: ['/v3/access_settings/**'] },
    ],
    read: 'twilio.com/docs/sendgrid for API keys, the rest from memory',
  },
  // Left out: contacts and suppressions (addresses in bulk), e-mail activity, teammates, keys and settings.
  readOnly: {
    hosts: ['api.sendgrid.com'],
    paths: under(
      ['/v3'],
      [
        '/scopes',
        '/stats',
        '/categories',
        '/categories/stats',
        '/geo/stats',
        '/templates',
        '/templates/*',
        '/templates/*/versions/*',
        '/marketing/lists',
        '/marketing/segments/2.0',
        '/marketing/singlesends',
        '/marketing/singlesends/*',
        '/verified_senders',
        '/whitelabel/domains',
        '/asm/groups',
        '/user/credits',
      ],
    ),
    read: 'memory',
    leftOut: 'contacts, suppressions and activity, which are addresses in bulk; sending',
  },
});
