import { authorization, header, service } from './service.js';

export const anthropic = service({
  name: 'anthropic',
  hosts: ['api.anthropic.com'],
  hostsFrom: [{ variable: 'ANTHROPIC_BASE_URL' }],
  places: [header('x-api-key')],
  variables: [
    { name: 'ANTHROPIC_API_KEY', shapes: ['sk-ant-api03-<93 base64url>AA', 'sk-ant-<100 base64url>'] },
    { name: 'ANTHROPIC_AUTH_TOKEN', shapes: ['sk-ant-oat01-<93 base64url>AA'], places: [authorization] },
  ],
  companions: ['ANTHROPIC_BASE_URL'],
});
