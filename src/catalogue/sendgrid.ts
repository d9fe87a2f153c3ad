import { authorization, service } from './service.js';

export const sendgrid = service({
  name: 'sendgrid',
  hosts: ['api.sendgrid.com'],
  places: [authorization],
  variables: [{ name: 'SENDGRID_API_KEY', shapes: ['SG.<22 base64url>.<43 base64url>'] }],
  packages: ['sendgrid-mcp'],
});
