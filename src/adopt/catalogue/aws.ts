import { service } from './service.js';

/**
 * AWS, whose services and customers share one suffix. What goes to a host under it is a signature for that host alone, never the secret key:
 * see `signsOnly` in `binding`.
 */
export const aws = service({
  name: 'aws',
  hosts: ['*.amazonaws.com'],
  places: [{ place: 'sigv4', part: 'access_key_id' }],
  variables: [
    // Its placeholder has more characters than an access key ID of AWS: none of AWS's clients counts them.
    { name: 'AWS_ACCESS_KEY_ID', shapes: ['AKIA<32 hex>', 'ASIA<32 hex>'] },
    {
      name: 'AWS_SECRET_ACCESS_KEY',
      shapes: ['<40 base64url>'],
      places: [{ place: 'sigv4', part: 'secret_access_key' }],
    },
    { name: 'AWS_SESSION_TOKEN', shapes: ['<400 base64url>'], places: [{ place: 'sigv4', part: 'session_token' }] },
  ],
  companions: ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE'],
  packages: ['awslabs.aws-api-mcp-server'],
});
