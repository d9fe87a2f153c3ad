import { authorization, service } from './service.js';

export const brightData = service({
  name: 'bright-data',
  hosts: ['api.brightdata.com'],
  places: [authorization],
  variables: [{ name: 'API_TOKEN', shapes: ['<64 hex>'], generic: true }],
  packages: ['@brightdata/mcp'],
  note: 'Its browser tools open a WebSocket with credentials of their own, which is not covered.',
  minting: {
    rules: [{ name: 'zones', what: 'zones and their passwords', methods: 'all', paths: ['/zone/**', '/api/zone/**'] }],
    read: 'memory',
  },
});
