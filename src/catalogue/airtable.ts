import { authorization, service } from './service.js';

export const airtable = service({
  name: 'airtable',
  hosts: ['api.airtable.com'],
  places: [authorization],
  variables: [{ name: 'AIRTABLE_API_KEY', shapes: ['pat<14 alnum>.<64 hex>'] }],
  packages: ['airtable-mcp-server'],
  minting: {
    rules: [{ name: 'oauth-tokens', what: 'OAuth tokens', paths: ['/oauth2/v1/token'] }],
    letThrough:
      'webhooks: the MAC secret in the answer is of notifications without data, for whoever made the webhook, which ends after seven days',
    read: 'memory',
    unseen: 'personal access tokens are made in the browser only',
  },
  readOnly: {
    none: 'records stand at /v0/BASE/TABLE, where no pattern tells them from webhooks and the enterprise API',
  },
});
