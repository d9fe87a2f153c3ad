import { anyShape, authorization, basic, service } from './service.js';

const apiTokens = ['ATATT3xFfGF0<180 base64url>'];
const jira = [{ variable: 'JIRA_URL' }];
const confluence = [{ variable: 'CONFLUENCE_URL' }];

export const atlassian = service({
  name: 'atlassian',
  hosts: [],
  places: [basic],
  variables: [
    { name: 'JIRA_API_TOKEN', shapes: apiTokens, hostsFrom: jira },
    { name: 'JIRA_PERSONAL_TOKEN', shapes: anyShape, hostsFrom: jira, places: [authorization] },
    { name: 'CONFLUENCE_API_TOKEN', shapes: apiTokens, hostsFrom: confluence },
    { name: 'CONFLUENCE_PERSONAL_TOKEN', shapes: anyShape, hostsFrom: confluence, places: [authorization] },
  ],
  companions: ['JIRA_URL', 'JIRA_USERNAME', 'CONFLUENCE_URL', 'CONFLUENCE_USERNAME'],
  packages: ['mcp-atlassian'],
  note: 'Cloud takes an e-mail address and the token as Basic, Server and Data Center a personal token as Bearer.',
});
