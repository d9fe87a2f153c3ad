import { optionArgument } from './argument-rule.js';
import { header, service } from './service.js';

export const braveSearch = service({
  name: 'brave-search',
  hosts: ['api.search.brave.com'],
  places: [header('x-subscription-token')],
  variables: [{ name: 'BRAVE_API_KEY', shapes: ['BSA<28 base64url>'] }],
  packages: ['@modelcontextprotocol/server-brave-search', '@brave/brave-search-mcp-server'],
  arguments: [optionArgument(['--brave-api-key'], ['BSA<28 base64url>'])],
});
