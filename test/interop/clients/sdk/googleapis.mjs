// Arguments: a folder that has the package. With the key of the environment where there is one, else with the account in its two files.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { failure, say } from './said.mjs';

const { google } = createRequire(`${process.argv[2]}/index.js`)('googleapis');
const { GDRIVE_OAUTH_PATH, GDRIVE_CREDENTIALS_PATH, GOOGLE_API_KEY } = process.env;

const fileOf = (path) => JSON.parse(readFileSync(path, 'utf8'));
function fromFiles() {
  const { client_id, client_secret, redirect_uris } = fileOf(GDRIVE_OAUTH_PATH).installed;
  const client = new google.auth.OAuth2(client_id, client_secret, redirect_uris[0]);
  client.setCredentials(fileOf(GDRIVE_CREDENTIALS_PATH));
  return client;
}

const auth = GOOGLE_API_KEY ?? fromFiles();
const drive = google.drive({ version: 'v3', auth, retryConfig: { retry: 0 } });
const ids = [];
for (let pageToken; ;) {
  const { data } = await drive.files.list({ q: "name contains 'a b'", fields: 'nextPageToken, files(id)', pageToken });
  ids.push(...data.files.map(({ id }) => id));
  pageToken = data.nextPageToken;
  if (!pageToken) break;
}
const body = Readable.from([Buffer.from([0, 255, 13, 10, 45, 45])]);
const media = { mimeType: 'image/png', body };
const made = GOOGLE_API_KEY
  ? undefined
  : await drive.files.create({ requestBody: { name: 'a.png' }, media, fields: 'id' });
const folder = GOOGLE_API_KEY
  ? undefined
  : await drive.files.create({ requestBody: { name: 'f', mimeType: 'application/vnd.google-apps.folder' } });
const { data } = await drive.files.get({ fileId: 'content', alt: 'media' }, { responseType: 'text' });
const failed = await failure(() => drive.files.get({ fileId: 'echo' }));
const kept = GOOGLE_API_KEY
  ? undefined
  : [auth.credentials, fileOf(GDRIVE_OAUTH_PATH), fileOf(GDRIVE_CREDENTIALS_PATH)];
say({ ids, file: made?.data.id, made: folder?.data.id, content: data, kept, failed });
