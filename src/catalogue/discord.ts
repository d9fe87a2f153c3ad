import { authorization, service } from './service.js';

export const discord = service({
  name: 'discord',
  hosts: ['discord.com', 'gateway.discord.gg'],
  places: [authorization, { place: 'ws', pointer: '/d/token' }],
  variables: [{ name: 'DISCORD_TOKEN', shapes: ['<26 base64url>.<6 base64url>.<38 base64url>'] }],
  packages: ['mcp-discord'],
});
