import { anyShape, basic, service } from './service.js';

export const zendesk = service({
  name: 'zendesk',
  hosts: [],
  hostsFrom: [{ variable: 'ZENDESK_SUBDOMAIN', hosts: ['{host}.zendesk.com'] }],
  places: [basic],
  variables: [{ name: 'ZENDESK_API_KEY', shapes: anyShape }],
  companions: ['ZENDESK_SUBDOMAIN', 'ZENDESK_EMAIL'],
  packages: ['zendesk-mcp-server', 'zendesk'],
});
