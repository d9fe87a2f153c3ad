import type { Place } from './place.js';
import { authorization, service } from './service.js';

const overForms: readonly Place[] = [authorization, { place: 'form', field: 'token' }];

export const slack = service({
  name: 'slack',
  hosts: ['slack.com', '*.slack.com'],
  places: [authorization],
  variables: [
    { name: 'SLACK_BOT_TOKEN', shapes: ['xoxb-<12 digits>-<12 digits>-<24 alnum>'] },
    { name: 'SLACK_MCP_XOXP_TOKEN', shapes: ['xoxp-<12 digits>-<12 digits>-<12 digits>-<32 hex>'], places: overForms },
    { name: 'SLACK_MCP_XOXB_TOKEN', shapes: ['xoxb-<12 digits>-<12 digits>-<24 alnum>'], places: overForms },
    { name: 'SLACK_MCP_XOXC_TOKEN', shapes: ['xoxc-<12 digits>-<12 digits>-<12 digits>-<64 hex>'], places: overForms },
    { name: 'SLACK_MCP_XOXD_TOKEN', shapes: ['xoxd-<120 alnum>'], places: [{ place: 'cookie', name: 'd' }] },
  ],
  companions: ['SLACK_TEAM_ID', 'SLACK_CHANNEL_IDS'],
  packages: ['@modelcontextprotocol/server-slack', 'slack-mcp-server'],
  note: 'The Go server slack-mcp-server sends its tokens as a form field, and xoxd as a cookie.',
});
