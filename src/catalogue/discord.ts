import { authorization, service, under } from './service.js';

export const discord = service({
  name: 'discord',
  // A session is taken up again at a gateway of its own.
  hosts: ['discord.com', '*.discord.gg'],
  places: [authorization, { place: 'ws', pointer: '/d/token' }],
  variables: [{ name: 'DISCORD_TOKEN', shapes: ['<26 base64url>.<6 base64url>.<38 base64url>'] }],
  packages: ['mcp-discord'],
  minting: {
    rules: [
      {
        name: 'webhooks',
        what: 'webhooks with their tokens',
        methods: 'all',
        paths: under(['/api', '/api/*'], ['/channels/*/webhooks', '/guilds/*/webhooks', '/webhooks/*']),
      },
      {
        name: 'oauth-tokens',
        what: 'OAuth tokens',
        paths: under(['/api', '/api/*'], ['/oauth2/token', '/oauth2/authorize']),
      },
      {
        name: 'bot-tokens',
        what: 'tokens of bots and applications',
        paths: under(['/api', '/api/*'], ['/applications/*/bot/reset', '/applications/*/reset']),
      },
    ],
    letThrough: 'following a channel of another server, which makes a webhook but shows no token',
    read: 'discord-api-types 0.38.57; resetting tokens from memory',
  },
  // Left out: webhooks (their tokens), invites, audit log, bans, members in bulk, private channels of the bot.
  readOnly: {
    hosts: ['discord.com'],
    paths: under(
      ['/api', '/api/v9', '/api/v10'],
      [
        '/users/@me',
        '/users/@me/guilds',
        '/users/*',
        '/guilds/*',
        '/guilds/*/preview',
        '/guilds/*/channels',
        '/guilds/*/roles',
        '/guilds/*/emojis',
        '/guilds/*/stickers',
        '/guilds/*/scheduled-events',
        '/guilds/*/threads/active',
        '/guilds/*/members/search',
        '/guilds/*/members/*',
        '/channels/*',
        '/channels/*/messages',
        '/channels/*/messages/*',
        '/channels/*/messages/*/reactions/*',
        '/channels/*/messages/pins',
        '/channels/*/pins',
        '/channels/*/thread-members',
        '/channels/*/threads/archived/public',
        '/gateway',
        '/gateway/bot',
      ],
    ),
    read: 'discord-api-types 0.38.57',
    leftOut:
      'webhooks and invites, which are credentials; audit log, bans, lists of members, private threads; the gateway itself',
  },
});
