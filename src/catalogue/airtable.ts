import { authorization, service } from './service.js';

export const airtable = service({
  name: 'airtable',
  hosts: ['api.airtable.com'],
  places: [authorization],
  variables: [{ name: 'AIRTABLE_API_KEY', shapes: ['pat<14 alnum>.<64 hex>'] }],
  packages: ['airtable-mcp-server'],
});
