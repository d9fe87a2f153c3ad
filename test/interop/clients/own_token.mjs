// Fetches an access token with its client's secret, as its vendor's manual says, and works with it. Prints what it got, and all that it
// could read: its variables, its command line, and the files of its home and of the folder for temporary files.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as oauth from 'oauth4webapi';

const {
  TOKEN_URL,
  API,
  CLIENT_ID,
  CLIENT_SECRET,
  AUTH = 'basic',
  HEADER = 'authorization',
  SCHEME = 'Bearer ',
} = process.env;
const server = { issuer: new URL(TOKEN_URL).origin, token_endpoint: TOKEN_URL };
const client = { client_id: process.env[CLIENT_ID] };
const secret = process.env[CLIENT_SECRET];
const authentication = AUTH === 'basic' ? oauth.ClientSecretBasic(secret) : oauth.ClientSecretPost(secret);
const answer = await oauth.clientCredentialsGrantRequest(server, client, authentication, {});
const given = await oauth.processClientCredentialsResponse(server, client, answer);
const read = await fetch(API, { headers: { [HEADER]: SCHEME + given.access_token } });
const data = await read.json();

const files = {};
const walk = (folder) => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) walk(path);
    else if (statSync(path).size < 100_000) files[path] = readFileSync(path, 'latin1');
  }
};
for (const folder of new Set([process.env.HOME, process.env.TMPDIR])) walk(folder);
const held = [readFileSync('/proc/self/environ', 'latin1'), readFileSync('/proc/self/cmdline', 'latin1')];
console.log(JSON.stringify({ given, status: read.status, data, environment: process.env, held, files }));
