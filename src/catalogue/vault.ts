import { header, service } from './service.js';

export const vault = service({
  name: 'vault',
  hosts: [],
  places: [header('x-vault-token')],
  variables: [],
  note: 'HashiCorp Vault and OpenBao, at an instance of one’s own: `service: vault` beside its hosts.',
  minting: {
    rules: [
      {
        name: 'tokens',
        what: 'tokens of Vault',
        paths: ['/v1/**/auth/token/create/**', '/v1/**/auth/token/create-orphan', '/v1/**/sys/generate-root/**'],
      },
      {
        name: 'logins',
        what: 'tokens for another credential',
        paths: ['/v1/**/auth/*/login/**', '/v1/**/auth/*/role/*/secret-id', '/v1/**/auth/*/role/*/custom-secret-id'],
      },
      {
        name: 'wrapped',
        what: 'what stands in a wrapping',
        paths: ['/v1/**/sys/wrapping/unwrap', '/v1/**/sys/wrapping/rewrap'],
      },
      {
        name: 'users',
        what: 'users, roles and policies',
        paths: [
          '/v1/**/auth/*/users/**',
          '/v1/**/auth/*/role/*',
          '/v1/**/sys/auth/**',
          '/v1/**/sys/policies/**',
          '/v1/**/sys/policy/**',
        ],
      },
    ],
    read: 'memory',
    unseen:
      'secrets themselves, dynamic ones too (`/v1/database/creds/…`): reading them is what a policy for a Vault is for, so name the paths in it',
  },
});
