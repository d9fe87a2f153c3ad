import { header, service } from './service.js';

export const exa = service({
  name: 'exa',
  hosts: ['api.exa.ai'],
  places: [header('x-api-key')],
  variables: [{ name: 'EXA_API_KEY', shapes: ['<uuid>'] }],
  packages: ['exa-mcp-server'],
  note: 'The server reports its use to api.agnost.ai, which is refused.',
  minting: {
    rules: [
      { name: 'api-keys', what: 'API keys of the team', paths: ['/team-management/api-keys/**', '/api-keys/**'] },
    ],
    read: 'memory',
  },
  readOnly: {
    hosts: ['api.exa.ai'],
    paths: [],
    posts: {
      paths: ['/search', '/contents', '/findSimilar', '/answer', '/context'],
      why: 'every search of Exa is a POST',
    },
    read: 'exa-js 2.23.0; /context from memory',
    leftOut: 'research tasks and websets, which are kept at Exa; keys of the team',
  },
});
