import { authorization, basic, jwtShape, service } from './service.js';

export const azureDevops = service({
  name: 'azure-devops',
  hosts: ['dev.azure.com', 'vssps.dev.azure.com', '*.visualstudio.com'],
  places: [basic],
  variables: [
    { name: 'PERSONAL_ACCESS_TOKEN', shapes: ['<84 alnum>'], generic: true, holds: 'base64-userinfo' },
    { name: 'ADO_MCP_AUTH_TOKEN', shapes: jwtShape, places: [authorization] },
  ],
  packages: ['@azure-devops/mcp'],
  note: 'PERSONAL_ACCESS_TOKEN is the base64 of user:token, sent as it is.',
  minting: {
    rules: [
      {
        name: 'personal-tokens',
        what: 'personal access tokens and sessions',
        methods: 'all',
        paths: ['/**/_apis/tokens/**', '/**/_apis/token/**', '/**/_apis/delegatedauth/**'],
      },
      {
        name: 'service-connections',
        what: 'service connections, whose credentials a changed address would be sent',
        paths: ['/**/_apis/serviceendpoint/**'],
      },
    ],
    letThrough: 'variables and files of pipelines: what is secret in them, no answer shows',
    read: 'memory',
  },
});
