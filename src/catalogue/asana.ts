import { authorization, service } from './service.js';

export const asana = service({
  name: 'asana',
  hosts: ['app.asana.com'],
  places: [authorization],
  variables: [{ name: 'ASANA_ACCESS_TOKEN', shapes: ['1/<16 digits>:<32 hex>', '2/<16 digits>/<16 digits>:<32 hex>'] }],
  packages: ['@roychri/mcp-server-asana'],
  minting: {
    rules: [{ name: 'oauth-tokens', what: 'OAuth tokens', paths: ['/-/oauth_token'] }],
    read: 'memory',
    unseen: 'personal access tokens are made in the browser only',
  },
});
