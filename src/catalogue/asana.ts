import { authorization, service, under } from './service.js';

export const asana = service({
  name: 'asana',
  hosts: ['app.asana.com'],
  places: [authorization],
  variables: [{ name: 'ASANA_ACCESS_TOKEN', shapes: ['1/<16 digits>:<32 hex>', '2/<16 digits>/<16 digits>:<32 hex>'] }],
  packages: ['@roychri/mcp-server-asana'],
  minting: {
    rules: [{ name: 'oauth-tokens', what: 'OAuth tokens', paths: ['/-/oauth_token'] }],
    read: 'memory',
    unseen: 'personal access tokens are made in the browser only',
  },
  readOnly: {
    hosts: ['app.asana.com'],
    paths: under(
      ['/api/1.0'],
      [
        ...under(
          ['/projects'],
          ['', '/*', '/*/custom_field_settings', '/*/project_statuses', '/*/sections', '/*/task_counts', '/*/tasks'],
        ),
        ...under(['/sections'], ['/*', '/*/tasks']),
        ...under(
          ['/tasks'],
          ['', '/*', '/*/dependencies', '/*/dependents', '/*/projects', '/*/stories', '/*/subtasks', '/*/tags'],
        ),
        ...under(['/tags'], ['', '/*', '/*/tasks']),
        ...under(['/goals', '/status_updates', '/workspaces'], ['', '/*']),
        ...under(['/portfolios'], ['', '/*', '/*/items']),
        ...['/stories/*', '/custom_fields/*', '/users/*', '/user_task_lists/*', '/user_task_lists/*/tasks'],
        ...['/teams/*', '/teams/*/projects'],
        ...under(
          ['/workspaces/*'],
          [
            '/custom_fields',
            '/projects',
            '/projects/search',
            '/tags',
            '/tasks/custom_id/*',
            '/tasks/search',
            '/teams',
            '/typeahead',
          ],
        ),
      ],
    ),
    read: 'asana 3.2.0',
    leftOut: 'lists of users and members, attachments, exports, events, audit logs, webhooks, batches',
  },
});
