import { header, service } from './service.js';

export const circleci = service({
  name: 'circleci',
  hosts: ['circleci.com'],
  hostsFrom: [{ variable: 'CIRCLECI_BASE_URL' }],
  places: [header('circle-token')],
  variables: [{ name: 'CIRCLECI_TOKEN', shapes: ['CCIPAT_<22 alnum>_<40 hex>'] }],
  companions: ['CIRCLECI_BASE_URL'],
  packages: ['@circleci/mcp-server-circleci'],
  minting: {
    rules: [
      {
        name: 'ssh-keys',
        what: 'checkout and SSH keys',
        paths: ['/api/v1.1/project/**/checkout-key', '/api/v1.1/project/**/ssh-key', '/api/v2/project/**/checkout-key'],
      },
      {
        name: 'tokens',
        what: 'tokens',
        paths: [
          '/api/v1.1/project/**/token',
          '/api/v1.1/user/token',
          '/api/v2/runner/token',
          '/api/v3/runner/token',
          '/api/v2/org/*/oidc-custom-claims',
        ],
      },
    ],
    letThrough: 'variables of contexts and projects, which no answer shows again',
    read: 'memory',
    unseen: 'GraphQL at /graphql-unstable can make tokens; nothing is told apart there',
  },
});
