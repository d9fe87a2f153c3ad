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
  note: 'One tool repeats the token in the JSON body of its request; that one is replaced, too.',
  minting: {
    rules: [
      { name: 'oauth-tokens', what: 'OAuth tokens', paths: ['/oauth/*/token'] },
      { name: 'users', what: 'users and their rights', paths: ['/settings/v3/users/**'] },
    ],
    letThrough: 'tokens that tell who one visitor of a chat is, and end within a day',
    read: 'memory',
    unseen: 'private app tokens are made in the browser only',
  },
  // Left out: exports, users, audit logs, access tokens' introspection; batch reads (data in bulk).
  readOnly: {
    hosts: ['api.hubapi.com', 'api.hubspot.com'],
    paths: [
      '/crm/v3/objects/*',
      '/crm/v3/objects/*/*',
      '/crm/v3/objects/*/*/associations/*',
      '/crm/v4/objects/*/*/associations/*',
      '/crm/v3/properties/*',
      '/crm/v3/properties/*/*',
      '/crm/v3/pipelines/*',
      '/crm/v3/pipelines/*/*',
      '/crm/v3/owners',
      '/crm/v3/owners/*',
      '/crm/v3/schemas',
      '/crm/v3/schemas/*',
      '/account-info/v3/details',
    ],
    posts: { paths: ['/crm/v3/objects/*/search'], why: 'every search of HubSpot is a POST' },
    read: '@hubspot/api-client 13.5.0; older associations, schemas and account-info from memory',
    leftOut: 'exports and batch reads, users, files, the tool that repeats the token in its body',
  },
});
