import { anyShape, service } from './service.js';

export const googleDrive = service({
  name: 'google-drive',
  hosts: ['www.googleapis.com', 'oauth2.googleapis.com'],
  places: [{ place: 'file' }],
  variables: [
    { name: 'GDRIVE_CREDENTIALS_PATH', shapes: anyShape },
    { name: 'GDRIVE_OAUTH_PATH', shapes: anyShape },
  ],
  files: { client: 'GDRIVE_OAUTH_PATH', tokens: 'GDRIVE_CREDENTIALS_PATH' },
  packages: ['@modelcontextprotocol/server-gdrive'],
  note: 'The child gets copies of its files with placeholders in them; the proxy refreshes the access token.',
  minting: {
    none: 'the API makes no credentials; oauth2.googleapis.com/token is how its own client signs in, and a policy that sends a credential there has no other purpose',
  },
});
