import { authorization, service } from './service.js';

export const tavily = service({
  name: 'tavily',
  hosts: ['api.tavily.com'],
  places: [authorization, { place: 'json', pointer: '/api_key' }],
  variables: [{ name: 'TAVILY_API_KEY', shapes: ['tvly-<32 alnum>'] }],
  packages: ['tavily-mcp'],
  note: 'The same key stands in the header and in the JSON body.',
});
