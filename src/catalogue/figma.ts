import { optionArgument } from './argument-rule.js';
import { anyShape, authorization, header, service, under } from './service.js';

const keys = ['figd_<40 base64url>'];

export const figma = service({
  name: 'figma',
  hosts: ['api.figma.com', 'mcp.figma.com'],
  places: [header('x-figma-token')],
  variables: [
    { name: 'FIGMA_API_KEY', shapes: keys },
    { name: 'FIGMA_OAUTH_TOKEN', shapes: anyShape, places: [authorization] },
  ],
  packages: ['figma-developer-mcp'],
  arguments: [optionArgument(['--figma-api-key'], keys)],
  minting: {
    rules: [{ name: 'oauth-tokens', what: 'OAuth tokens', paths: ['/v1/oauth/token', '/v1/oauth/refresh'] }],
    letThrough: 'webhooks: their passcode is the one that the caller sent',
    read: 'memory',
    unseen: 'personal access tokens are made in the browser only',
  },
  // Left out: activity logs, payments, webhooks, and Dev resources' and variables' writes.
  readOnly: {
    hosts: ['api.figma.com'],
    paths: under(
      ['/v1'],
      [
        '/me',
        '/files/*',
        '/files/*/nodes',
        '/files/*/images',
        '/files/*/comments',
        '/files/*/comments/*/reactions',
        '/files/*/versions',
        '/files/*/components',
        '/files/*/component_sets',
        '/files/*/styles',
        '/files/*/meta',
        '/files/*/dev_resources',
        '/files/*/variables/local',
        '/files/*/variables/published',
        '/images/*',
        '/components/*',
        '/component_sets/*',
        '/styles/*',
        '/teams/*/projects',
        '/teams/*/components',
        '/teams/*/component_sets',
        '/teams/*/styles',
        '/projects/*/files',
      ],
    ),
    read: '@figma/rest-api-spec 0.36.0',
    leftOut: 'webhooks, activity logs, payments and library analytics',
    shows: 'addresses of rendered images, and of those in a file, which anybody may fetch for some weeks',
  },
});
