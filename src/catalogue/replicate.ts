import { authorization, service } from './service.js';

export const replicate = service({
  name: 'replicate',
  hosts: ['api.replicate.com'],
  places: [authorization],
  variables: [{ name: 'REPLICATE_API_TOKEN', shapes: ['r8_<37 alnum>'] }],
  packages: ['mcp-replicate'],
});
