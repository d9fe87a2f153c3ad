import { service, under } from './service.js';

export const googleMaps = service({
  name: 'google-maps',
  hosts: ['maps.googleapis.com'],
  places: [{ place: 'query', name: 'key' }],
  variables: [{ name: 'GOOGLE_MAPS_API_KEY', shapes: ['AIza<35 base64url>'] }],
  packages: ['@modelcontextprotocol/server-google-maps'],
  minting: { none: 'a key for maps reads maps; keys are made at another host (apikeys.googleapis.com)' },
  readOnly: {
    hosts: ['maps.googleapis.com'],
    paths: under(
      ['/maps/api'],
      [
        '/geocode/json',
        '/place/textsearch/json',
        '/place/nearbysearch/json',
        '/place/findplacefromtext/json',
        '/place/autocomplete/json',
        '/place/details/json',
        '/place/photo',
        '/distancematrix/json',
        '/directions/json',
        '/elevation/json',
        '/timezone/json',
        '/staticmap',
        '/streetview',
        '/streetview/metadata',
      ],
    ),
    read: 'the server package of the fact sheet for the first of each, the rest from memory',
    leftOut: 'nothing of this host that is known: every one is a GET',
  },
});
