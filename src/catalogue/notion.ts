import { authorization, service } from './service.js';

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
});
