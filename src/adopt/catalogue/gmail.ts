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
});
