import { authorization, service } from './service.js';

export const netlify = service({
  name: 'netlify',
  hosts: ['api.netlify.com', 'api.netlifysdk.com'],
  places: [authorization],
  variables: [{ name: 'NETLIFY_PERSONAL_ACCESS_TOKEN', shapes: ['nfp_<36 alnum>'] }],
  packages: ['@netlify/mcp'],
  minting: {
    rules: [
      { name: 'oauth-tokens', what: 'OAuth tokens', paths: ['/oauth/**', '/api/v1/oauth/**'] },
      {
        name: 'build-hooks',
        what: 'addresses that start a build for whoever knows them',
        paths: ['/api/v1/sites/*/build_hooks'],
      },
      {
        name: 'variables',
        what: 'environment variables, which hold secrets',
        methods: 'all',
        paths: ['/api/v1/accounts/*/env/**', '/api/v1/sites/*/env/**'],
      },
    ],
    letThrough: 'deploy keys: the answer has the half that is public',
    read: 'memory',
  },
});
