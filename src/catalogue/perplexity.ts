import { authorization, service } from './service.js';

export const perplexity = service({
  name: 'perplexity',
  hosts: ['api.perplexity.ai'],
  hostsFrom: [{ variable: 'PERPLEXITY_BASE_URL' }],
  places: [authorization],
  variables: [{ name: 'PERPLEXITY_API_KEY', shapes: ['pplx-<48 alnum>'] }],
  companions: ['PERPLEXITY_BASE_URL', 'PERPLEXITY_PROXY'],
  packages: ['@perplexity-ai/mcp-server'],
});
