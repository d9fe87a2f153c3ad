import { header, service } from './service.js';

export const circleci = service({
  name: 'circleci',
  hosts: ['circleci.com'],
  hostsFrom: [{ variable: 'CIRCLECI_BASE_URL' }],
  places: [header('circle-token')],
  variables: [{ name: 'CIRCLECI_TOKEN', shapes: ['CCIPAT_<22 alnum>_<40 hex>'] }],
  companions: ['CIRCLECI_BASE_URL'],
  packages: ['@circleci/mcp-server-circleci'],
});
