import { basic, service } from './service.js';

export const mailgun = service({
  name: 'mailgun',
  hosts: ['api.mailgun.net', 'api.eu.mailgun.net'],
  hostsFrom: [{ variable: 'MAILGUN_API_HOSTNAME' }],
  places: [basic],
  variables: [{ name: 'MAILGUN_API_KEY', shapes: ['key-<32 hex>', '<32 hex>-<8 hex>-<8 hex>'] }],
  companions: ['MAILGUN_API_HOSTNAME'],
  packages: ['@mailgun/mcp-server'],
  minting: {
    rules: [
      { name: 'api-keys', what: 'API keys', methods: 'all', paths: ['/v1/keys/**', '/v2/keys/**', '/v5/keys/**'] },
      { name: 'smtp-credentials', what: 'SMTP credentials', paths: ['/v3/domains/*/credentials/**'] },
      {
        name: 'signing-keys',
        what: 'signing keys',
        methods: 'all',
        paths: ['/v5/accounts/http_signing_key', '/v5/accounts/*/http_signing_key'],
      },
      {
        name: 'subaccounts',
        what: 'SMTP and API access of subaccounts',
        paths: ['/v5/accounts/subaccounts/**', '/v5/users/**'],
      },
    ],
    letThrough: 'DKIM keys: the answer has the half that is public',
    read: 'documentation.mailgun.com for /v1/keys, the rest from memory',
  },
});
