import { authorization, service } from './service.js';

export const cloudflare = service({
  name: 'cloudflare',
  hosts: ['api.cloudflare.com', '*.mcp.cloudflare.com'],
  places: [authorization],
  variables: [{ name: 'CLOUDFLARE_API_TOKEN', shapes: ['<40 base64url>'] }],
  companions: ['CLOUDFLARE_ACCOUNT_ID'],
  packages: ['cloudflare/mcp-server-cloudflare'],
});
