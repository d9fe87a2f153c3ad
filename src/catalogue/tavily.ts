import { authorization, service } from './service.js';

export const tavily = service({
  name: 'tavily',
  hosts: ['api.tavily.com'],
  places: [authorization, { place: 'json', pointer: '/api_key' }],
  variables: [{ name: 'TAVILY_API_KEY', shapes: ['tvly-<32 alnum>'] }],
  packages: ['tavily-mcp'],
  note: 'The same key stands in the header and in the JSON body.',
  minting: {
    rules: [{ name: 'api-keys', what: 'API keys', paths: ['/generate-keys', '/deactivate-keys', '/api-keys/**'] }],
    read: 'memory',
  },
  readOnly: {
    hosts: ['api.tavily.com'],
    paths: ['/usage'],
    posts: { paths: ['/search', '/extract', '/map'], why: 'every search of Tavily is a POST' },
    read: 'the server package of the fact sheet for /search, /extract and /map',
    leftOut: 'crawl and research, which run long and are paid for by the page; keys',
  },
});
