import { service } from './service.js';

export const googleMaps = service({
  name: 'google-maps',
  hosts: ['maps.googleapis.com'],
  places: [{ place: 'query', name: 'key' }],
  variables: [{ name: 'GOOGLE_MAPS_API_KEY', shapes: ['AIza<35 base64url>'] }],
  packages: ['@modelcontextprotocol/server-google-maps'],
});
