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
      { what: 'API keys', methods: 'all', paths: ['/v1/keys/**', '/v2/keys/**', '/v5/keys/**'] },
      { what: 'SMTP credentials', paths: ['/v3/domains/*/credentials/**'] },
      {
        what: 'signing keys',
        methods: 'all',
        paths: ['/v5/accounts/http_signing_key', '/v5/accounts/*/http_signing_key'],
      },
      { what: 'DKIM keys', paths: ['/v1/dkim/keys/**', '/v4/domains/*/keys/**'] },
      { what: 'SMTP and API access of subaccounts', paths: ['/v5/accounts/**', '/v5/users/**'] },
    ],
    read: 'documentation.mailgun.com for /v1/keys, the rest from memory',
  },
});
