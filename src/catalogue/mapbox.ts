import { service } from './service.js';

export const mapbox = service({
  name: 'mapbox',
  hosts: ['api.mapbox.com'],
  hostsFrom: [{ variable: 'MAPBOX_API_ENDPOINT' }],
  places: [{ place: 'query', name: 'access_token' }],
  variables: [
    { name: 'MAPBOX_ACCESS_TOKEN', shapes: ['pk.<70 base64url>.<22 base64url>', 'sk.<70 base64url>.<22 base64url>'] },
  ],
  companions: ['MAPBOX_API_ENDPOINT'],
  packages: ['@mapbox/mcp-server'],
  note: 'The server checks for three parts between dots.',
  minting: {
    rules: [{ name: 'access-tokens', what: 'access tokens', methods: 'all', paths: ['/tokens/v2/*/**'] }],
    read: 'memory',
  },
});
