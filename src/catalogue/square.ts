import { authorization, service } from './service.js';

export const square = service({
  name: 'square',
  hosts: ['connect.squareup.com', 'connect.squareupsandbox.com'],
  places: [authorization],
  variables: [{ name: 'ACCESS_TOKEN', shapes: ['EAAA<60 base64url>'], generic: true }],
  packages: ['square-mcp-server'],
  minting: {
    rules: [
      { name: 'oauth-tokens', what: 'OAuth and mobile tokens', paths: ['/oauth2/**', '/mobile/authorization-code'] },
      {
        name: 'webhooks',
        what: 'signature keys of webhooks',
        methods: 'all',
        paths: ['/v2/webhooks/subscriptions/**'],
      },
    ],
    read: 'memory',
  },
});
