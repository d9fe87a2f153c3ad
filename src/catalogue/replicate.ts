import { authorization, service } from './service.js';

export const replicate = service({
  name: 'replicate',
  hosts: ['api.replicate.com'],
  places: [authorization],
  variables: [{ name: 'REPLICATE_API_TOKEN', shapes: ['r8_<37 alnum>'] }],
  packages: ['mcp-replicate'],
  minting: {
    rules: [
      {
        name: 'webhooks',
        what: 'the signing secret of webhooks',
        methods: 'all',
        paths: ['/v1/webhooks/default/secret'],
      },
    ],
    read: 'memory',
    unseen: 'API tokens are made in the browser only',
  },
});
