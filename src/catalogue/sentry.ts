import { authorization, service, under } from './service.js';

export const sentry = service({
  name: 'sentry',
  hosts: ['sentry.io', '*.sentry.io', 'mcp.sentry.dev'],
  hostsFrom: [{ variable: 'SENTRY_HOST' }, { variable: 'SENTRY_URL' }],
  places: [authorization],
  variables: [
    { name: 'SENTRY_ACCESS_TOKEN', shapes: ['sntryu_<64 hex>', 'sntrys_<120 base64url>'] },
    { name: 'SENTRY_AUTH_TOKEN', shapes: ['sntrys_<120 base64url>', 'sntryu_<64 hex>'] },
  ],
  companions: ['SENTRY_HOST', 'SENTRY_URL'],
  packages: ['@sentry/mcp-server'],
  minting: {
    rules: [
      {
        name: 'auth-tokens',
        what: 'auth tokens',
        paths: [
          '/api/0/api-tokens/**',
          '/api/0/organizations/*/org-auth-tokens/**',
          '/api/0/api-authorizations/**',
          '/api/0/api-applications/**',
        ],
      },
      { name: 'hooks', what: 'hooks, with their secrets', paths: ['/api/0/projects/*/*/hooks/**'] },
      {
        name: 'integrations',
        what: 'integrations and their tokens',
        paths: ['/api/0/sentry-apps', '/api/0/sentry-apps/*', '/api/0/sentry-app-installations/**'],
      },
      { name: 'oauth-tokens', what: 'OAuth tokens', paths: ['/oauth/**'] },
      {
        name: 'shown-tokens',
        what: 'tokens and keys that a GET shows',
        methods: 'all',
        paths: ['/api/0/sentry-apps/*/api-tokens/**', '/api/0/organizations/*/api-keys/**'],
      },
    ],
    read: 'memory',
    letThrough: 'client keys (DSNs), which stand in every program that reports to Sentry',
  },
  // Left out: client keys (DSNs hold a secret), members in bulk, attachments, replays' recordings, debug files, audit logs.
  readOnly: {
    hosts: ['sentry.io', '*.sentry.io'],
    paths: under(
      ['/api/0'],
      [
        '/organizations',
        '/organizations/*',
        '/organizations/*/projects',
        '/organizations/*/teams',
        '/organizations/*/issues',
        '/organizations/*/issues/*',
        '/organizations/*/issues/*/events',
        '/organizations/*/issues/*/events/*',
        '/organizations/*/issues/*/tags/*',
        '/organizations/*/issues/*/hashes',
        '/organizations/*/events',
        '/organizations/*/events-stats',
        '/organizations/*/eventids/*',
        '/organizations/*/shortids/*',
        '/organizations/*/releases',
        '/organizations/*/releases/*',
        '/organizations/*/tags',
        '/organizations/*/stats_v2',
        '/organizations/*/environments',
        '/issues/*',
        '/issues/*/events',
        '/issues/*/events/*',
        '/issues/*/tags/*',
        '/projects',
        '/projects/*/*/issues',
        '/projects/*/*/events',
        '/projects/*/*/events/*',
        '/projects/*/*/environments',
      ].flatMap((path) => [path, `${path}/`]),
    ),
    read: 'getsentry/sentry-api-schema by its file names, the rest from memory',
    leftOut:
      'single projects, which show a security token, client keys, members, attachments, replays, debug files and audit logs',
  },
});
