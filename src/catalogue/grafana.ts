import { anyShape, authorization, basic, service, under } from './service.js';

export const grafana = service({
  name: 'grafana',
  hosts: [],
  hostsFrom: [{ variable: 'GRAFANA_URL' }],
  places: [authorization],
  variables: [
    { name: 'GRAFANA_SERVICE_ACCOUNT_TOKEN', shapes: ['glsa_<32 alnum>_<8 hex>'] },
    { name: 'GRAFANA_API_KEY', shapes: anyShape },
    { name: 'GRAFANA_PASSWORD', shapes: anyShape, places: [basic] },
  ],
  companions: ['GRAFANA_URL', 'GRAFANA_USERNAME'],
  packages: ['grafana/mcp-grafana', 'mcp-grafana'],
  minting: {
    rules: [
      {
        name: 'service-accounts',
        what: 'service accounts and their tokens',
        paths: ['/**/api/serviceaccounts/**', '/**/api/auth/keys/**', '/**/apis/iam.grafana.app/**'],
      },
      {
        name: 'users',
        what: 'users, passwords and admin rights',
        paths: [
          '/**/api/admin/users/**',
          '/**/api/admin/**',
          '/**/api/user/password',
          '/**/api/org/invites',
          '/**/api/access-control/**',
        ],
      },
      {
        name: 'data-sources',
        what: 'secrets of data sources',
        paths: [
          '/**/api/datasources',
          '/**/api/datasources/uid/*',
          '/**/api/datasources/*',
          '/**/apis/secret.grafana.app/**',
        ],
      },
      {
        name: 'public-dashboards',
        what: 'dashboards shared with everybody',
        paths: ['/**/api/dashboards/uid/*/public-dashboards/**'],
      },
      { name: 'sign-on', what: 'single sign-on', paths: ['/**/api/v1/sso-settings/**'] },
      {
        name: 'cloud-tokens',
        what: 'tokens of Grafana Cloud',
        paths: ['/**/api/v1/accesspolicies/**', '/**/api/v1/tokens/**'],
      },
    ],
    letThrough: 'snapshots, which are what they show and nothing more',
    read: 'grafana/grafana (swagger routes) for service accounts, the rest from memory',
    unseen: '/api/datasources/proxy passes a request on to a data source with its credential, to whatever path',
  },
  // Left out: users, teams, service accounts, settings of administration; single data sources (they show settings) and the proxy to them.
  readOnly: {
    hosts: [],
    paths: under(
      ['/api'],
      [
        '/health',
        '/search',
        '/folders',
        '/folders/*',
        '/dashboards/uid/*',
        '/dashboards/uid/*/versions',
        '/dashboards/home',
        '/dashboards/tags',
        '/annotations',
        '/annotations/*',
        '/annotations/tags',
        '/org',
        '/v1/provisioning/alert-rules',
        '/v1/provisioning/alert-rules/*',
        '/ruler/grafana/api/v1/rules',
        '/prometheus/grafana/api/v1/rules',
        '/prometheus/grafana/api/v1/alerts',
      ],
    ),
    read: 'memory',
    leftOut:
      'queries (api/ds/query), which may write where a data source takes SQL; data sources and the proxy to them, contact points (they hold secrets), users, teams and administration',
  },
});
