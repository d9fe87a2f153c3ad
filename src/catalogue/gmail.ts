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
});
