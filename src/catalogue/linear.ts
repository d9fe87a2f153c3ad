import { authorization, service } from './service.js';

export const linear = service({
  name: 'linear',
  hosts: ['api.linear.app'],
  places: [authorization],
  variables: [
    { name: 'LINEAR_API_TOKEN', shapes: ['lin_api_<40 alnum>'] },
    { name: 'LINEAR_API_KEY', shapes: ['lin_api_<40 alnum>'] },
  ],
  packages: ['@tacticlaunch/mcp-linear'],
  note: 'An API key is sent without a scheme, an OAuth token as Bearer.',
  minting: {
    rules: [{ name: 'oauth-tokens', what: 'OAuth tokens', paths: ['/oauth/**'] }],
    read: 'memory',
    unseen:
      'everything else is GraphQL (/graphql), where mutations (apiKeyCreate, webhookCreate) make API keys and webhooks: nothing is told apart there',
  },
  readOnly: { none: 'GraphQL reads and writes at one path, by POST' },
});
