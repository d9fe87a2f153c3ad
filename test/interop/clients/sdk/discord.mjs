// Arguments: a folder that has the package. A bot that posts, and then listens.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { failure, say } from './said.mjs';

const { Client, GatewayIntentBits, REST, Routes } = createRequire(`${process.argv[2]}/index.js`)('discord.js');
const { DISCORD_TOKEN } = process.env;
const rest = new REST({ retries: 0 }).setToken(DISCORD_TOKEN);
const first = await rest.get(Routes.channelMessages('1'), { query: new URLSearchParams({ limit: '2' }) });
const next = await rest.get(Routes.channelMessages('1'), { query: new URLSearchParams({ before: first.at(-1).id }) });
const made = await rest.post(Routes.channelMessages('1'), { body: { content: 'hello ä' } });
const file = await rest.post(Routes.channelMessages('1'), {
  body: { content: 'with a file' },
  files: [{ name: 'a.png', data: Buffer.from([0, 255, 13, 10, 45, 45]), contentType: 'image/png' }],
});
const failed = await failure(() => rest.get(Routes.channel('echo')));

const client = new Client({ intents: [GatewayIntentBits.Guilds] });
const ready = once(client, 'clientReady');
const resumed = once(client, 'shardResume');
await client.login(DISCORD_TOKEN);
await ready;
// The server ends the first connection: the second goes where it said, and shows the token again.
await resumed;
say({ ids: [...first, ...next].map(({ id }) => id), made: made.id, file: file.id, user: client.user.username, failed });
await client.destroy();
