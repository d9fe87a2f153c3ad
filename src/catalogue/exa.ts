import { header, service } from './service.js';

export const exa = service({
  name: 'exa',
  hosts: ['api.exa.ai'],
  places: [header('x-api-key')],
  variables: [{ name: 'EXA_API_KEY', shapes: ['<uuid>'] }],
  packages: ['exa-mcp-server'],
  note: 'The server reports its use to api.agnost.ai, which is refused.',
});
