import { service } from './service.js';

export const trello = service({
  name: 'trello',
  hosts: ['api.trello.com'],
  places: [{ place: 'query', name: 'token' }],
  variables: [
    { name: 'TRELLO_API_KEY', shapes: ['<32 hex>'], places: [{ place: 'query', name: 'key' }] },
    { name: 'TRELLO_TOKEN', shapes: ['ATTA<72 hex>'] },
  ],
  companions: ['TRELLO_BOARD_ID', 'TRELLO_WORKSPACE_ID'],
  packages: ['@delorenj/mcp-server-trello'],
  minting: {
    rules: [
      {
        name: 'oauth-tokens',
        what: 'OAuth tokens',
        methods: 'all',
        paths: ['/1/authorize', '/1/OAuthGetAccessToken', '/1/OAuthGetRequestToken'],
      },
    ],
    letThrough:
      'reading about tokens and applications, and batches of such reads: no answer has a token or a secret that the caller did not send',
    read: 'memory',
  },
});
