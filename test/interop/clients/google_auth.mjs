// An MCP server of Gmail in small: the account in its two files, or the key of a service account, as Google's own library takes them.
import { readFileSync, writeFileSync } from 'node:fs';
import { JWT, OAuth2Client } from 'google-auth-library';

const { GMAIL_OAUTH_PATH, GMAIL_CREDENTIALS_PATH, SERVICE_ACCOUNT_KEY, TOKEN_URL, API } = process.env;
const kept = [];

function fromFiles() {
  const { installed } = JSON.parse(readFileSync(GMAIL_OAUTH_PATH, 'utf8'));
  const client = new OAuth2Client({
    clientId: installed.client_id,
    clientSecret: installed.client_secret,
    ...(TOKEN_URL && { endpoints: { oauth2TokenUrl: TOKEN_URL } }),
  });
  client.setCredentials(JSON.parse(readFileSync(GMAIL_CREDENTIALS_PATH, 'utf8')));
  return client;
}

const client = SERVICE_ACCOUNT_KEY
  ? new JWT({ email: 'robot@project.iam.gserviceaccount.com', key: SERVICE_ACCOUNT_KEY, scopes: ['mail'] })
  : fromFiles();
client.on('tokens', (tokens) => {
  kept.push(tokens);
  if (GMAIL_CREDENTIALS_PATH) writeFileSync(GMAIL_CREDENTIALS_PATH, JSON.stringify(tokens));
});
const { status, data } = await client.request({ url: API });
console.log(JSON.stringify({ status, data, kept, environment: process.env }));
