import { anyShape, service } from './service.js';

export const googleDrive = service({
  name: 'google-drive',
  hosts: ['www.googleapis.com', 'oauth2.googleapis.com'],
  places: [{ place: 'file' }],
  variables: [
    { name: 'GDRIVE_CREDENTIALS_PATH', shapes: anyShape },
    { name: 'GDRIVE_OAUTH_PATH', shapes: anyShape },
  ],
  packages: ['@modelcontextprotocol/server-gdrive'],
  note: 'A refresh token in a file is exchanged for an access token, which the child then holds.',
  minting: {
    none: 'the API makes no credentials; oauth2.googleapis.com/token is how its own client signs in, and a policy that sends a credential there has no other purpose',
  },
});
