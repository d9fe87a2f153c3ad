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
        name: 'tokens',
        what: 'tokens and their webhooks',
        methods: 'all',
        paths: ['/1/tokens/**', '/1/authorize', '/1/OAuthGetAccessToken', '/1/OAuthGetRequestToken'],
      },
      { name: 'applications', what: 'keys of applications', methods: 'all', paths: ['/1/applications/**'] },
      { name: 'batches', what: 'batches, which may hold any GET', methods: 'all', paths: ['/1/batch'] },
    ],
    read: 'memory',
  },
});
