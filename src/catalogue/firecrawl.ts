import { authorization, service } from './service.js';

export const firecrawl = service({
  name: 'firecrawl',
  hosts: ['api.firecrawl.dev'],
  hostsFrom: [{ variable: 'FIRECRAWL_API_URL' }],
  places: [authorization],
  variables: [
    { name: 'FIRECRAWL_API_KEY', shapes: ['fc-<32 hex>'] },
    { name: 'FIRECRAWL_OAUTH_TOKEN', shapes: ['fco_<40 alnum>'] },
  ],
  companions: ['FIRECRAWL_API_URL'],
  packages: ['firecrawl-mcp'],
});
