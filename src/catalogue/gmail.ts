import { anyShape, service } from './service.js';

export const gmail = service({
  name: 'gmail',
  hosts: ['gmail.googleapis.com', 'oauth2.googleapis.com'],
  places: [{ place: 'file' }],
  variables: [
    { name: 'GMAIL_OAUTH_PATH', shapes: anyShape },
    { name: 'GMAIL_CREDENTIALS_PATH', shapes: anyShape },
  ],
  packages: ['@gongrzhe/server-gmail-autoauth-mcp'],
  note: 'A refresh token in a file is exchanged for an access token, which the child then holds.',
  minting: {
    rules: [
      {
        what: 'delegates, forwarding and keys',
        paths: [
          '/gmail/v1/users/*/settings/delegates',
          '/gmail/v1/users/*/settings/forwardingaddresses',
          '/gmail/v1/users/*/settings/autoforwarding',
          '/gmail/v1/users/*/settings/sendas/**',
          '/gmail/v1/users/*/settings/cse/**',
        ],
      },
      { what: 'batches, which may hold any request', paths: ['/batch/**'] },
    ],
    read: 'memory',
    unseen:
      'oauth2.googleapis.com/token is how its own client signs in: a policy that sends a credential there has no other purpose',
  },
});
