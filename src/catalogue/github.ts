import { authorization, basic, service, under, type MintingRule } from './service.js';

const tokens = [
  'ghp_<36 alnum>',
  'github_pat_<22 alnum>_<59 alnum>',
  'gho_<36 alnum>',
  'ghu_<36 alnum>',
  'ghs_<36 alnum>',
];

/** Enterprise Server has its API below a path. */
const api = ['', '/api/v3'];

/** Repositories and organizations are reached by their numbers as well. */
function byNumberToo(rules: readonly MintingRule[]): readonly MintingRule[] {
  const numbered = (path: string): string =>
    path.replace('/repos/*/*', '/repositories/*').replace('/orgs/*', '/organizations/*');
  return rules.map((rule) => ({ ...rule, paths: [...new Set(rule.paths.flatMap((path) => [path, numbered(path)]))] }));
}

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
  minting: {
    rules: byNumberToo([
      { name: 'deploy-keys', what: 'deploy keys', paths: under(api, ['/repos/*/*/keys']) },
      {
        name: 'user-keys',
        what: 'keys of a user',
        paths: under(api, [
          '/user/keys',
          '/user/gpg_keys',
          '/user/ssh_signing_keys',
          '/admin/users/*/keys',
          '/admin/keys',
        ]),
      },
      {
        name: 'installation-tokens',
        what: 'tokens of an installation of an app',
        paths: under(api, ['/app/installations/*/access_tokens']),
      },
      {
        name: 'app-tokens',
        what: "tokens of an app's users, and a new app's secrets",
        paths: under(api, [
          '/applications/*/token/**',
          '/applications/*/tokens/**',
          '/app-manifests/*/conversions',
          '/authorizations/**',
          '/admin/users/*/authorizations',
        ]),
      },
      {
        name: 'copilot-tokens',
        what: 'tokens of Copilot',
        methods: 'all',
        paths: under(api, ['/copilot_internal/v2/token']),
      },
      { name: 'oauth-tokens', what: 'OAuth tokens', methods: 'all', paths: ['/login/oauth/**', '/login/device/**'] },
      {
        name: 'token-approvals',
        what: 'approval of personal access tokens',
        paths: under(api, ['/orgs/*/personal-access-token-requests/**', '/orgs/*/personal-access-tokens/**']),
      },
      {
        name: 'runner-tokens',
        what: 'runner tokens',
        paths: under(
          api.flatMap((root) => [`${root}/repos/*/*`, `${root}/orgs/*`, `${root}/enterprises/*`]),
          [
            '/actions/runners/registration-token',
            '/actions/runners/remove-token',
            '/actions/runners/generate-jitconfig',
          ],
        ),
      },
    ]),
    letThrough: 'secrets put into Actions, Codespaces, Dependabot and registries, which no answer shows again',
    read: '@octokit/plugin-rest-endpoint-methods 17.0.0; authorizations and /admin from memory (Enterprise Server), /login and Copilot from memory',
    unseen:
      'GraphQL (/graphql), where a mutation shows new recovery codes of an enterprise and none is known to make a token or a key (from memory); the remote MCP server takes a tool name in the body; a workflow that is pushed may make any token its job gets',
  },
  // Left out: /search/code is in, but not logs and artifacts of runs and archives of repositories (bulk, and logs show secrets), keys, secrets,
  // hooks, collaborators and members (people), secret scanning alerts (they show the secrets), codespaces, migrations, traffic, packages.
  readOnly: {
    hosts: ['api.github.com'],
    paths: under(api, [
      '/user',
      '/user/repos',
      '/user/orgs',
      '/user/issues',
      '/user/starred',
      '/users/*',
      '/users/*/repos',
      '/users/*/orgs',
      '/orgs/*',
      '/orgs/*/repos',
      '/issues',
      '/search/code',
      '/search/commits',
      '/search/issues',
      '/search/labels',
      '/search/repositories',
      '/search/topics',
      '/search/users',
      '/repos/*/*',
      ...under(
        ['/repos/*/*'],
        [
          '/actions/runs',
          '/actions/runs/*',
          '/actions/runs/*/jobs',
          '/actions/jobs/*',
          '/actions/workflows',
          '/actions/workflows/*',
          '/actions/workflows/*/runs',
          '/assignees',
          '/branches',
          '/branches/*',
          '/check-runs/*',
          '/check-runs/*/annotations',
          '/commits/**',
          '/compare/**',
          '/contents',
          '/contents/**',
          '/contributors',
          '/deployments',
          '/deployments/*',
          '/deployments/*/statuses',
          '/git/blobs/*',
          '/git/commits/*',
          '/git/matching-refs/**',
          '/git/ref/**',
          '/git/tags/*',
          '/git/trees/*',
          '/issues',
          '/issues/**',
          '/labels',
          '/labels/*',
          '/languages',
          '/license',
          '/milestones',
          '/milestones/*',
          '/pulls',
          '/pulls/**',
          '/readme',
          '/readme/**',
          '/releases',
          '/releases/*',
          '/releases/tags/*',
          '/tags',
          '/topics',
        ],
      ),
      '/licenses',
      '/licenses/*',
      '/gitignore/templates',
      '/gitignore/templates/*',
      '/meta',
      '/rate_limit',
    ]),
    read: '@octokit/plugin-rest-endpoint-methods 17.0.0',
    leftOut:
      'GraphQL, git itself, logs, artifacts and archives, keys, secrets, hooks, alerts, members, gists and everything of administration',
    shows:
      'a repository may come with a token that clones it (temp_clone_token), and a file with an address that downloads it (download_url): each for a while, and for what this list lets be read anyway',
  },
});
