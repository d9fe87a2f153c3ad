import { anyShape, authorization, basic, service } from './service.js';

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
});
