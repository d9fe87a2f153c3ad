import { authorization, service } from './service.js';

export const intercom = service({
  name: 'intercom',
  hosts: ['api.intercom.io'],
  hostsFrom: [{ variable: 'INTERCOM_API_BASE_URL' }],
  places: [authorization],
  variables: [{ name: 'INTERCOM_ACCESS_TOKEN', shapes: ['dG9r<56 base64url>'] }],
  companions: ['INTERCOM_API_BASE_URL'],
  packages: ['mcp-server-for-intercom'],
  minting: {
    rules: [{ name: 'oauth-tokens', what: 'OAuth tokens', paths: ['/auth/eagle/token'] }],
    read: 'memory',
    unseen: 'access tokens are made in the browser only',
  },
});
