import { basic, service } from './service.js';

export const mailgun = service({
  name: 'mailgun',
  hosts: ['api.mailgun.net', 'api.eu.mailgun.net'],
  hostsFrom: [{ variable: 'MAILGUN_API_HOSTNAME' }],
  places: [basic],
  variables: [{ name: 'MAILGUN_API_KEY', shapes: ['key-<32 hex>', '<32 hex>-<8 hex>-<8 hex>'] }],
  companions: ['MAILGUN_API_HOSTNAME'],
  packages: ['@mailgun/mcp-server'],
});
