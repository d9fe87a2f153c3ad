import { anyShape, authorization, basic, service } from './service.js';

export const elasticsearch = service({
  name: 'elasticsearch',
  hosts: [],
  hostsFrom: [{ variable: 'ES_URL' }],
  places: [authorization],
  variables: [
    { name: 'ES_API_KEY', shapes: ['<60 base64url>'] },
    { name: 'ES_PASSWORD', shapes: anyShape, places: [basic] },
  ],
  companions: ['ES_URL', 'ES_USERNAME'],
  packages: ['elastic/mcp-server-elasticsearch', 'mcp-server-elasticsearch'],
});
