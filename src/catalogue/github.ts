import { authorization, basic, service } from './service.js';

const tokens = [
  'ghp_<36 alnum>',
  'github_pat_<22 alnum>_<59 alnum>',
  'gho_<36 alnum>',
  'ghu_<36 alnum>',
  'ghs_<36 alnum>',
];

export const github = service({
  name: 'github',
  hosts: ['api.github.com', 'uploads.github.com', 'raw.githubusercontent.com', 'github.com', 'api.githubcopilot.com'],
  hostsFrom: [{ variable: 'GITHUB_HOST', hosts: ['{host}', 'api.{host}'] }],
  places: [authorization],
  sometimes: [basic],
  variables: [
    { name: 'GITHUB_PERSONAL_ACCESS_TOKEN', shapes: tokens },
    { name: 'GITHUB_TOKEN', shapes: tokens },
    { name: 'GH_TOKEN', shapes: tokens },
  ],
  companions: ['GITHUB_HOST'],
  packages: ['@modelcontextprotocol/server-github', 'github/github-mcp-server', 'github-mcp-server'],
  note: 'Octokit sends the scheme `token`, git sends Basic. A value that begins with ghp_ makes the Go server ask for its scopes at start.',
});
