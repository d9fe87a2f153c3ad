import { optionArgument } from './argument-rule.js';
import { header, service, under } from './service.js';

export const braveSearch = service({
  name: 'brave-search',
  hosts: ['api.search.brave.com'],
  places: [header('x-subscription-token')],
  variables: [{ name: 'BRAVE_API_KEY', shapes: ['BSA<28 base64url>'] }],
  packages: ['@modelcontextprotocol/server-brave-search', '@brave/brave-search-mcp-server'],
  arguments: [optionArgument(['--brave-api-key'], ['BSA<28 base64url>'])],
  minting: { none: 'the API searches, and has no endpoints for keys' },
  readOnly: {
    hosts: ['api.search.brave.com'],
    paths: under(
      ['/res/v1'],
      [
        '/web/search',
        '/news/search',
        '/images/search',
        '/videos/search',
        '/suggest/search',
        '/spellcheck/search',
        '/local/pois',
        '/local/descriptions',
        '/summarizer/search',
      ],
    ),
    read: 'the server package of the fact sheet for web and local search, the rest from memory',
    leftOut: 'nothing: every search is a GET',
  },
});
