import { authorization, service } from './service.js';

export const openai = service({
  name: 'openai',
  hosts: ['api.openai.com'],
  hostsFrom: [{ variable: 'OPENAI_BASE_URL' }],
  places: [authorization],
  variables: [
    { name: 'OPENAI_API_KEY', shapes: ['sk-<48 alnum>', 'sk-proj-<156 base64url>', 'sk-svcacct-<156 base64url>'] },
  ],
  companions: ['OPENAI_BASE_URL', 'OPENAI_ORG_ID', 'OPENAI_PROJECT_ID'],
  minting: {
    rules: [
      {
        name: 'api-keys',
        what: 'keys of the organization',
        paths: ['/**/organization/admin_api_keys/**', '/**/organization/projects/*/api_keys/**'],
      },
      {
        name: 'service-accounts',
        what: 'service accounts, which come with a key',
        paths: ['/**/organization/projects/*/service_accounts/**'],
      },
      {
        name: 'members',
        what: 'members, roles and certificates',
        paths: [
          '/**/organization/invites',
          '/**/organization/certificates/**',
          '/**/organization/projects/*/certificates/**',
          '/**/projects/*/roles/**',
          '/**/projects/*/users/*/roles',
          '/**/projects/*/groups/*/roles',
        ],
      },
    ],
    letThrough:
      'client secrets of the realtime API and of ChatKit: each is for sessions of that kind alone, and ends by itself within two hours at most',
    read: 'openai 6.49.0',
  },
  // A completion is no read: it is paid for. Left out: files, batches, stored responses and all of the organization.
  readOnly: {
    hosts: ['api.openai.com'],
    paths: ['/v1/models', '/v1/models/*'],
    posts: { paths: ['/v1/moderations'], why: 'it is free, and nothing is kept' },
    read: 'openai 6.49.0',
    leftOut: 'completions, which are paid for; files, batches, stored responses and the organization',
  },
});
