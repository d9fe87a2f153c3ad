import { authorization, service } from './service.js';

const tokens = ['pat-na1-<8 hex>-<4 hex>-<4 hex>-<4 hex>-<12 hex>', 'pat-eu1-<8 hex>-<4 hex>-<4 hex>-<4 hex>-<12 hex>'];

export const hubspot = service({
  name: 'hubspot',
  hosts: ['api.hubspot.com', 'api.hubapi.com'],
  places: [authorization],
  sometimes: [{ place: 'json', pointer: '/tokenKey' }],
  variables: [
    { name: 'PRIVATE_APP_ACCESS_TOKEN', shapes: tokens, generic: true },
    { name: 'HUBSPOT_ACCESS_TOKEN', shapes: tokens },
  ],
  packages: ['@hubspot/mcp-server'],
  note: 'One tool repeats the token in the JSON body of its request; that one is refused.',
});
