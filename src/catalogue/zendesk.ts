import { anyShape, basic, service } from './service.js';

export const zendesk = service({
  name: 'zendesk',
  hosts: [],
  hostsFrom: [{ variable: 'ZENDESK_SUBDOMAIN', hosts: ['{host}.zendesk.com'] }],
  places: [basic],
  variables: [{ name: 'ZENDESK_API_KEY', shapes: anyShape }],
  companions: ['ZENDESK_SUBDOMAIN', 'ZENDESK_EMAIL'],
  packages: ['zendesk-mcp-server', 'zendesk'],
  minting: {
    rules: [
      {
        name: 'tokens',
        what: 'API and OAuth tokens',
        methods: 'all',
        paths: ['/api/v2/api_tokens/**', '/api/v2/oauth/**', '/oauth/**', '/api/v2/oauth_tokens/**'],
      },
      {
        name: 'passwords',
        what: 'passwords',
        paths: ['/api/v2/users/*/password'],
      },
      {
        name: 'webhooks',
        what: 'signing secrets of webhooks',
        methods: 'all',
        paths: ['/api/v2/webhooks/*/signing_secret'],
      },
      {
        name: 'sessions',
        what: 'sessions that a GET shows',
        methods: 'all',
        paths: ['/api/v2/users/me/session/**', '/api/v2/sessions/**', '/api/v2/users/*/sessions/**'],
      },
    ],
    read: 'memory',
  },
});
