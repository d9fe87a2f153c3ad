import { authorization, service, under } from './service.js';

const tokens = ['ntn_<46 alnum>', 'secret_<43 alnum>'];

export const notion = service({
  name: 'notion',
  hosts: ['api.notion.com', 'mcp.notion.com'],
  places: [authorization],
  variables: [
    { name: 'NOTION_TOKEN', shapes: tokens },
    { name: 'OPENAPI_MCP_HEADERS', shapes: tokens, holds: 'json-headers' },
  ],
  packages: ['@notionhq/notion-mcp-server'],
  note: 'OPENAPI_MCP_HEADERS is a JSON object of header fields.',
  minting: {
    rules: [{ name: 'oauth-tokens', what: 'OAuth tokens', paths: ['/v1/oauth/**'] }],
    read: 'memory; no other is in the OpenAPI description of @notionhq/notion-mcp-server 2.5.2',
    unseen: 'integration tokens are made in the browser only',
  },
  // Left out: users in bulk (e-mail addresses), file uploads.
  readOnly: {
    hosts: ['api.notion.com'],
    paths: under(
      ['/v1'],
      [
        '/users/me',
        '/users/*',
        '/blocks/*',
        '/blocks/*/children',
        '/pages/*',
        '/pages/*/properties/*',
        '/pages/*/markdown',
        '/databases/*',
        '/data_sources/*',
        '/data_sources/*/templates',
        '/comments',
      ],
    ),
    posts: {
      paths: ['/v1/search', '/v1/data_sources/*/query', '/v1/databases/*/query'],
      why: 'every search and query of Notion is a POST',
    },
    read: '@notionhq/notion-mcp-server 2.5.2 (notion-openapi.json); querying a database, as older versions have it, from memory',
    leftOut: 'the list of all users, and file uploads',
    shows: 'addresses of the files in a page, which anybody may fetch for an hour',
  },
});
