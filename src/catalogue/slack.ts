import type { Place } from './place.js';
import { authorization, service, under } from './service.js';

const overForms: readonly Place[] = [authorization, { place: 'form', field: 'token' }];

const slackReads = under(
  ['/api'],
  [
    '/api.test',
    '/auth.test',
    '/bookmarks.list',
    '/bots.info',
    '/chat.getPermalink',
    '/conversations.history',
    '/conversations.info',
    '/conversations.list',
    '/conversations.members',
    '/conversations.replies',
    '/dnd.info',
    '/emoji.list',
    '/pins.list',
    '/reactions.get',
    '/team.info',
    '/usergroups.list',
    '/usergroups.users.list',
    '/users.conversations',
    '/users.getPresence',
    '/users.info',
    '/users.list',
    '/users.profile.get',
  ],
);

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
  minting: {
    rules: [
      {
        name: 'oauth-tokens',
        what: 'OAuth tokens',
        methods: 'all',
        paths: under(
          ['/api'],
          ['/oauth.access', '/oauth.token', '/oauth.v2.access', '/oauth.v2.exchange', '/openid.connect.token'],
        ),
      },
      {
        name: 'configuration-tokens',
        what: 'configuration tokens',
        methods: 'all',
        paths: ['/api/tooling.tokens.rotate'],
      },
      {
        name: 'external-tokens',
        what: 'tokens of other services that an app keeps',
        methods: 'all',
        paths: ['/api/apps.auth.external.get'],
      },
      {
        name: 'apps',
        what: 'apps and their secrets',
        methods: 'all',
        paths: under(
          ['/api'],
          [
            '/apps.manifest.create',
            '/apps.manifest.update',
            '/apps.manifest.export',
            '/admin.apps.approve',
            '/admin.apps.config.set',
          ],
        ),
      },
    ],
    letThrough:
      'the address of a WebSocket (apps.connections.open, rtm.connect, rtm.start): its ticket opens one connection at that host, and does nothing else; without it no bot in Socket Mode starts. And public links to files, which are no credential',
    read: '@slack/web-api 8.2.0; oauth.token and apps.auth from memory',
  },
  // Methods are called by GET and by POST alike, and most clients call by POST. Left out: search (all that a user may read), files' content,
  // users in bulk with e-mail addresses are in (users.list), as bots cannot do without; team logs, admin.*, apps.*.
  readOnly: {
    hosts: ['slack.com'],
    paths: slackReads,
    posts: { paths: slackReads, why: 'Slack takes every method by POST, and these only read' },
    read: '@slack/web-api 8.2.0',
    leftOut: 'search and files, admin and app methods, logs of the team, public links, opening a conversation',
  },
});
