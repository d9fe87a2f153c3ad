import { authorization, basic, header, service } from './service.js';

export const gitlab = service({
  name: 'gitlab',
  hosts: ['gitlab.com'],
  hostsFrom: [{ variable: 'GITLAB_API_URL' }],
  places: [authorization, header('private-token')],
  sometimes: [basic],
  variables: [
    { name: 'GITLAB_PERSONAL_ACCESS_TOKEN', shapes: ['glpat-<20 base64url>'] },
    { name: 'GITLAB_TOKEN', shapes: ['glpat-<20 base64url>'] },
    { name: 'GITLAB_JOB_TOKEN', shapes: ['glcbt-<40 base64url>'], places: [header('job-token'), authorization] },
  ],
  companions: ['GITLAB_API_URL', 'GITLAB_CA_CERT_PATH'],
  packages: ['@zereight/mcp-gitlab', '@modelcontextprotocol/server-gitlab'],
  note: 'Older instances take Private-Token; git sends Basic.',
});
