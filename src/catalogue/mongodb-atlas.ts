import { anyShape, service } from './service.js';

export const mongodbAtlas = service({
  name: 'mongodb-atlas',
  hosts: ['cloud.mongodb.com'],
  hostsFrom: [{ variable: 'MDB_MCP_API_BASE_URL' }],
  places: [
    {
      place: 'token',
      path: '/api/oauth/token',
      auth: 'basic',
      clientId: 'MDB_MCP_API_CLIENT_ID',
      shape: 'eyJhbGciOiJFUzUxMiJ9.<64 base64url>.<86 base64url>',
    },
  ],
  variables: [
    { name: 'MDB_MCP_API_CLIENT_SECRET', shapes: ['mdb_sa_sk_<40 base64url>'] },
    { name: 'MDB_MCP_CONNECTION_STRING', shapes: anyShape, places: [{ place: 'other' }] },
  ],
  companions: ['MDB_MCP_API_CLIENT_ID', 'MDB_MCP_API_BASE_URL'],
  packages: ['mongodb-mcp-server'],
  minting: {
    rules: [
      { name: 'api-keys', what: 'API keys', paths: ['/api/atlas/**/apikeys/**', '/api/public/**/apikeys/**'] },
      {
        name: 'service-accounts',
        what: 'service accounts and their secrets',
        paths: ['/api/atlas/**/serviceaccounts/**'],
      },
      {
        name: 'database-users',
        what: 'database users and certificates',
        paths: ['/api/atlas/*/groups/*/databaseusers/**', '/api/atlas/*/groups/*/usersecurity/**'],
      },
    ],
    read: 'the Go client of the Atlas Admin API (apiKeys), the rest from memory',
    letThrough: 'the token endpoint (/api/oauth/token) is how its own client signs in',
  },
});
