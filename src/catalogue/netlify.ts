import { authorization, service } from './service.js';

export const netlify = service({
  name: 'netlify',
  hosts: ['api.netlify.com', 'api.netlifysdk.com'],
  places: [authorization],
  variables: [{ name: 'NETLIFY_PERSONAL_ACCESS_TOKEN', shapes: ['nfp_<36 alnum>'] }],
  packages: ['@netlify/mcp'],
});
