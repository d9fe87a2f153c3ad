import { authorization, service, under } from './service.js';

export const replicate = service({
  name: 'replicate',
  hosts: ['api.replicate.com'],
  places: [authorization],
  variables: [{ name: 'REPLICATE_API_TOKEN', shapes: ['r8_<37 alnum>'] }],
  packages: ['mcp-replicate'],
  minting: {
    rules: [
      {
        name: 'webhooks',
        what: 'the signing secret of webhooks',
        methods: 'all',
        paths: ['/v1/webhooks/default/secret'],
      },
    ],
    read: 'memory',
    unseen: 'API tokens are made in the browser only',
  },
  readOnly: {
    hosts: ['api.replicate.com'],
    paths: under(
      ['/v1'],
      [
        ...['/account', '/hardware'],
        ...under(['/collections', '/predictions', '/trainings'], ['', '/*']),
        ...under(['/deployments'], ['', '/*/*']),
        ...under(['/models'], ['', '/*/*', '/*/*/versions', '/*/*/versions/*']),
      ],
    ),
    read: 'replicate 1.4.0',
    leftOut: 'running a model, which is paid for; files and the secret of webhooks',
    shows: 'addresses of outputs, which anybody may fetch for an hour',
  },
});
