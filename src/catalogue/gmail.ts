import { anyShape, service } from './service.js';

export const gmail = service({
  name: 'gmail',
  hosts: ['gmail.googleapis.com', 'oauth2.googleapis.com'],
  places: [{ place: 'file' }],
  variables: [
    { name: 'GMAIL_OAUTH_PATH', shapes: anyShape },
    { name: 'GMAIL_CREDENTIALS_PATH', shapes: anyShape },
  ],
  files: { client: 'GMAIL_OAUTH_PATH', tokens: 'GMAIL_CREDENTIALS_PATH' },
  packages: ['@gongrzhe/server-gmail-autoauth-mcp'],
  note: 'The child gets copies of its files with placeholders in them; the proxy refreshes the access token.',
  minting: {
    rules: [
      {
        name: 'delegates',
        what: 'delegates, forwarding and keys',
        paths: [
          '/gmail/v1/users/*/settings/delegates',
          '/gmail/v1/users/*/settings/forwardingaddresses',
          '/gmail/v1/users/*/settings/autoforwarding',
          '/gmail/v1/users/*/settings/sendas/**',
          '/gmail/v1/users/*/settings/cse/**',
        ],
      },
      { name: 'batches', what: 'batches, which may hold any request', paths: ['/batch/**'] },
    ],
    read: 'memory',
    unseen:
      'oauth2.googleapis.com/token is how its own client signs in: a policy that sends a credential there has no other purpose',
  },
});
