import { authorization, service } from './service.js';

export const googleCloud = service({
  name: 'google-cloud',
  hosts: [
    'iamcredentials.googleapis.com',
    'iam.googleapis.com',
    'apikeys.googleapis.com',
    'secretmanager.googleapis.com',
    'sts.googleapis.com',
  ],
  places: [authorization],
  variables: [],
  note: 'Hosts of Google that hand out credentials; `run` knows no variable of theirs.',
  minting: {
    rules: [
      {
        name: 'access-tokens',
        what: 'tokens and signatures of service accounts',
        methods: 'all',
        paths: ['/**'],
        hosts: ['iamcredentials.googleapis.com', 'sts.googleapis.com'],
      },
      {
        name: 'service-accounts',
        what: 'keys and signatures of service accounts, and who may use them',
        paths: [
          '/v1/projects/*/serviceAccounts/*',
          '/v1/projects/*/serviceAccounts/*/keys',
          '/v1/projects/*/serviceAccounts/*/keys:upload',
        ],
        hosts: ['iam.googleapis.com'],
      },
      {
        name: 'identity-pools',
        what: 'keys and clients of identity pools',
        paths: ['/v1/**/providers/*/keys', '/v1/**/providers/*/scimTenants/**', '/v1/**/oauthClients/*/credentials/**'],
        hosts: ['iam.googleapis.com'],
      },
      {
        name: 'api-keys',
        what: 'API keys, which a GET shows too',
        methods: 'all',
        paths: [
          '/*/projects/*/locations/*/keys',
          '/*/projects/*/locations/*/keys/*/keyString',
          '/*/projects/*/keys',
          '/*/projects/*/keys/*/keyString',
        ],
        hosts: ['apikeys.googleapis.com'],
      },
      {
        name: 'secrets',
        what: 'secrets that are kept',
        methods: 'all',
        paths: ['/*/projects/*/secrets/*/versions/*', '/*/projects/*/locations/*/secrets/*/versions/*'],
        hosts: ['secretmanager.googleapis.com'],
      },
    ],
    read: 'the API clients of the Google Cloud SDK; oauthClients and sts.googleapis.com from memory',
    unseen:
      'the same methods over gRPC stand at paths of their own (/google.iam.v1…), and every other host of Google is without rules',
  },
});
