import { header, service } from './service.js';

export const postman = service({
  name: 'postman',
  hosts: ['api.postman.com'],
  hostsFrom: [{ variable: 'POSTMAN_API_BASE_URL' }],
  places: [header('x-api-key')],
  variables: [{ name: 'POSTMAN_API_KEY', shapes: ['PMAK-<24 hex>-<34 hex>'] }],
  companions: ['POSTMAN_API_BASE_URL'],
  packages: ['@postman/postman-mcp-server'],
  minting: {
    rules: [
      {
        name: 'collection-keys',
        what: 'collection access keys',
        methods: 'all',
        paths: ['/collection-access-keys/**'],
      },
    ],
    read: 'memory',
    unseen: 'API keys are made in the browser only; environments are data, and may hold secrets as values',
  },
});
