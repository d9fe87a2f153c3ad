import { service } from './service.js';

export const aws = service({
  name: 'aws',
  hosts: ['*.amazonaws.com'],
  places: [{ place: 'sigv4' }],
  variables: [
    { name: 'AWS_SECRET_ACCESS_KEY', shapes: ['<40 base64url>'] },
    { name: 'AWS_SESSION_TOKEN', shapes: ['<400 base64url>'] },
  ],
  companions: ['AWS_ACCESS_KEY_ID', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE'],
  packages: ['awslabs.aws-api-mcp-server'],
});
