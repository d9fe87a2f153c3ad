import { authorization, basic, header, service, under } from './service.js';

/** An instance may stand below a path. */
const owners = ['/**/api/v4/projects/*', '/**/api/v4/groups/*'];

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
  minting: {
    rules: [
      {
        name: 'access-tokens',
        what: 'access tokens',
        paths: [
          ...under(owners, ['/access_tokens/**', '/service_accounts/**']),
          ...under(
            ['/**/api/v4'],
            [
              '/personal_access_tokens/**',
              '/user/personal_access_tokens',
              '/users/*/personal_access_tokens',
              '/users/*/impersonation_tokens/**',
              '/service_accounts/**',
            ],
          ),
        ],
      },
      {
        name: 'deploy-tokens',
        what: 'deploy tokens and keys',
        paths: [...under(owners, ['/deploy_tokens/**', '/deploy_keys/**']), '/**/api/v4/deploy_keys/**'],
      },
      {
        name: 'user-keys',
        what: 'keys of a user',
        paths: [
          ...under(['/**/api/v4'], ['/user/keys', '/user/gpg_keys', '/users/*/keys', '/users/*/gpg_keys']),
          ...under(owners, ['/ssh_certificates']),
        ],
      },
      {
        name: 'oauth-tokens',
        what: 'OAuth tokens and applications',
        paths: ['/oauth/**', '/*/oauth/**', '/**/api/v4/applications/**', '/**/api/v4/session'],
      },
      {
        name: 'runner-tokens',
        what: 'tokens of runners and agents',
        paths: [
          ...under(owners, ['/runners/**', '/cluster_agents/*/tokens', '/job_token_scope/**']),
          ...under(['/**/api/v4'], ['/runners/**', '/user/runners']),
        ],
      },
      {
        name: 'shown-secrets',
        what: 'variables, triggers and keys that a GET shows',
        methods: 'all',
        paths: [
          ...under(owners, [
            '/variables/**',
            '/triggers/**',
            '/pipeline_schedules/*',
            '/error_tracking/client_keys',
            '/secure_files/*/download',
          ]),
          '/**/api/v4/admin/ci/variables/**',
          '/**/api/v4/user/feed_token',
        ],
      },
    ],
    letThrough: '/jwt/auth, where docker fetches a token for one image, which ends within minutes',
    read: '@gitbeaker/core 43.8.0 and docs.gitlab.com/api/project_access_tokens, user_tokens; feed token, secure files and applications from memory',
    unseen:
      'GraphQL (/api/graphql) can make tokens (agent tokens, runners): nothing is told apart there; a pipeline that is pushed gets a job token',
  },
  // Left out: /projects and /groups/ID (runners_token), job traces and artifacts (they show secrets), archives and exports, variables, keys, tokens, triggers, members, users in bulk, hooks.
  readOnly: {
    hosts: ['gitlab.com'],
    paths: under(
      ['/api/v4'],
      [
        '/user',
        '/version',
        '/groups',
        '/groups/*/subgroups',
        '/groups/*/issues',
        '/groups/*/merge_requests',
        '/groups/*/milestones',
        '/groups/*/labels',
        '/issues',
        '/issues/*',
        '/merge_requests',
        '/namespaces',
        '/search',
        '/groups/*/search',
        ...under(
          ['/projects/*'],
          [
            '/search',
            '/issues',
            '/issues/**',
            '/merge_requests',
            '/merge_requests/**',
            '/milestones',
            '/milestones/*',
            '/labels',
            '/labels/*',
            '/releases',
            '/releases/*',
            '/languages',
            '/repository/tree',
            '/repository/files/*',
            '/repository/files/*/raw',
            '/repository/files/*/blame',
            '/repository/branches',
            '/repository/branches/*',
            '/repository/tags',
            '/repository/tags/*',
            '/repository/commits',
            '/repository/commits/**',
            '/repository/compare',
            '/repository/blobs/*',
            '/pipelines',
            '/pipelines/*',
            '/pipelines/*/jobs',
            '/pipelines/*/bridges',
            '/jobs',
            '/jobs/*',
            '/wikis',
            '/wikis/*',
          ],
        ),
      ],
    ),
    read: '@gitbeaker/core 43.8.0',
    leftOut:
      'a project or file named by an encoded path (%2F), which reads two ways: use its number; projects and single groups themselves, which show a token for runners; traces, artifacts, archives, exports, variables, keys, tokens, members, hooks, GraphQL and git',
  },
});
