import { authorization, service } from './service.js';

export const openai = service({
  name: 'openai',
  hosts: ['api.openai.com'],
  hostsFrom: [{ variable: 'OPENAI_BASE_URL' }],
  places: [authorization],
  variables: [
    { name: 'OPENAI_API_KEY', shapes: ['sk-<48 alnum>', 'sk-proj-<156 base64url>', 'sk-svcacct-<156 base64url>'] },
  ],
  companions: ['OPENAI_BASE_URL', 'OPENAI_ORG_ID', 'OPENAI_PROJECT_ID'],
});
