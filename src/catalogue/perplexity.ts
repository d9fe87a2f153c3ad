import { authorization, service } from './service.js';

export const perplexity = service({
  name: 'perplexity',
  hosts: ['api.perplexity.ai'],
  hostsFrom: [{ variable: 'PERPLEXITY_BASE_URL' }],
  places: [authorization],
  variables: [{ name: 'PERPLEXITY_API_KEY', shapes: ['pplx-<48 alnum>'] }],
  companions: ['PERPLEXITY_BASE_URL', 'PERPLEXITY_PROXY'],
  packages: ['@perplexity-ai/mcp-server'],
  minting: {
    rules: [{ name: 'api-keys', what: 'API keys', paths: ['/generate_auth_token', '/revoke_auth_token'] }],
    read: 'memory',
  },
  readOnly: {
    hosts: ['api.perplexity.ai'],
    paths: [],
    posts: { paths: ['/search', '/chat/completions'], why: 'every search of Perplexity is a POST' },
    read: 'the server package of the fact sheet',
    leftOut: 'asynchronous requests, which are kept at Perplexity; keys',
  },
});
