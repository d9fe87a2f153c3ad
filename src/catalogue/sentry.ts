import { authorization, service } from './service.js';

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
});
