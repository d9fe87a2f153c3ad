import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { clients, keywrightRun } from '../support/run.js';
import { startVendors, type VendorServer } from './vendor-server.js';
import { issued, keys, vendors } from './vendors.js';

jest.setTimeout(60_000);

/** A folder with packages in its node_modules that are too large to be installed for these tests alone. */
const sdks = process.env['KEYWRIGHT_TEST_SDKS'] ?? '';
let server: VendorServer;

beforeAll(async () => {
  server = await startVendors(vendors);
});
beforeEach(() => {
  server.arrived.length = 0;
  server.refused.length = 0;
});
afterAll(() => server.close());

interface Sdk {
  readonly name: string;
  /** Of the clients in the folder `sdk`. */
  readonly script: string;
  /** Where the tools folder has to have it. */
  readonly needs?: string;
  readonly environment: () => Record<string, string>;
  /** What is no part of the catalogue. */
  readonly config?: () => string;
  /** A name that Keywright itself asks for a token. */
  readonly asks?: string;
  readonly secrets: readonly string[];
  readonly said: Record<string, unknown>;
}

const inFile = (name: string, value: object): string => {
  writeFileSync(join(server.folder, name), JSON.stringify(value));
  return join(server.folder, name);
};
const installed = { client_id: 'desk-app', client_secret: keys.googleClient, redirect_uris: ['http://localhost'] };

const table: readonly Sdk[] = [
  {
    ...{ name: 'stripe', script: 'stripe.mjs' },
    environment: () => ({ STRIPE_SECRET_KEY: keys.stripe }),
    secrets: [keys.stripe],
    said: { made: 'cus_9', ids: ['cus_1', 'cus_2', 'cus_3'], file: 'file_1' },
  },
  {
    ...{ name: 'stripe with a restricted key', script: 'stripe.mjs' },
    environment: () => ({ STRIPE_SECRET_KEY: keys.stripeRestricted }),
    secrets: [keys.stripeRestricted],
    said: { made: 'cus_9', ids: ['cus_1', 'cus_2', 'cus_3'], file: 'file_1' },
  },
  {
    ...{ name: '@octokit/rest', script: 'octokit.mjs' },
    environment: () => ({ GITHUB_TOKEN: keys.github }),
    secrets: [keys.github],
    said: { made: 9, ids: [1, 2, 3], file: 7, viewer: 'mona' },
  },
  {
    ...{ name: "twilio with the account's token", script: 'twilio.mjs', needs: 'twilio' },
    environment: () => ({ TWILIO_ACCOUNT_SID: keys.account, TWILIO_AUTH_TOKEN: keys.accountToken }),
    secrets: [keys.accountToken],
    said: { made: 'SM9', ids: ['SM1', 'SM2', 'SM3'], number: '+15005550009' },
  },
  {
    ...{ name: 'twilio with an API key', script: 'twilio.mjs', needs: 'twilio' },
    environment: () => ({
      ...{ TWILIO_ACCOUNT_SID: keys.account, TWILIO_API_KEY: keys.apiKey, TWILIO_API_SECRET: keys.apiSecret },
    }),
    secrets: [keys.apiSecret],
    said: { made: 'SM9', ids: ['SM1', 'SM2', 'SM3'], number: '+15005550009' },
  },
  {
    ...{ name: 'googleapis with a refresh token', script: 'googleapis.mjs', needs: 'googleapis' },
    environment: () => ({
      GDRIVE_OAUTH_PATH: inFile('client.json', { installed }),
      GDRIVE_CREDENTIALS_PATH: inFile('tokens.json', { refresh_token: keys.googleConsent, scope: 'drive' }),
    }),
    asks: 'oauth2.googleapis.com',
    secrets: [keys.googleClient, keys.googleConsent],
    said: { ids: ['f1', 'f2', 'f3'], file: 'f7', made: 'f9', content: 'what is in it' },
  },
  {
    ...{ name: 'googleapis beside another account of Google', script: 'googleapis.mjs', needs: 'googleapis' },
    environment: () => ({
      GMAIL_OAUTH_PATH: inFile('client.json', { installed }),
      GMAIL_CREDENTIALS_PATH: inFile('mail.json', { refresh_token: keys.mailConsent, scope: 'mail' }),
      GDRIVE_OAUTH_PATH: inFile('client.json', { installed }),
      GDRIVE_CREDENTIALS_PATH: inFile('tokens.json', { refresh_token: keys.googleConsent, scope: 'drive' }),
    }),
    asks: 'oauth2.googleapis.com',
    secrets: [keys.googleClient, keys.googleConsent, keys.mailConsent],
    said: { ids: ['f1', 'f2', 'f3'], file: 'f7', made: 'f9', content: 'what is in it' },
  },
  {
    ...{ name: 'googleapis with an API key', script: 'googleapis.mjs', needs: 'googleapis' },
    environment: () => ({ GOOGLE_API_KEY: keys.googleKey }),
    config: () =>
      server.configure('google-key.yaml', [
        'secrets:',
        '  google-key: { from: env, name: GOOGLE_API_KEY, hosts: [www.googleapis.com], placeholder: "AIza<35 base64url>" }',
        'policies:',
        '  - name: google-key',
        '    hosts: [www.googleapis.com]',
        '    inject: [{ place: query, name: key, template: "{google-key}", mode: substitute }]',
        'run: { env: { GOOGLE_API_KEY: google-key } }',
      ]),
    secrets: [keys.googleKey],
    said: { ids: ['f1', 'f2', 'f3'], content: 'what is in it' },
  },
  {
    ...{ name: 'discord.js', script: 'discord.mjs', needs: 'discord.js' },
    environment: () => ({ DISCORD_TOKEN: keys.discord }),
    secrets: [keys.discord],
    said: { ids: ['3', '2', '1'], made: '9', file: '7', user: 'robot' },
  },
];

/** What a placeholder always has in it. */
const marker = '0dec0de5';
const preload = new URL('leads-elsewhere.mjs', import.meta.url).href;

async function works(node: string, { script, environment, config, asks, secrets, said }: Sdk): Promise<void> {
  const led = {
    NODE_EXTRA_CA_CERTS: server.caFile,
    STAND_IN_NAME: asks ?? '',
    STAND_IN_PORT: String(server.port),
  };
  const { code, stdout, stderr } = await keywrightRun([node, `${clients}sdk/${script}`, sdks], {
    folder: server.folder,
    config: config?.() ?? server.config,
    environment: { ...environment(), ...(asks === undefined ? {} : led) },
    ...(asks === undefined ? {} : { preload }),
  });
  expect(`${server.refused.join('\n')}${code === 0 ? '' : stderr}`).toBe('');
  const answers = JSON.parse(stdout) as { failed: { text: string } };
  expect(answers).toMatchObject(said);
  // A vendor's words repeat the credential: what comes to the program has none of it, and neither has anything that it could read.
  expect(answers.failed.text).toMatch(/\*{20}/);
  expect(stderr).not.toContain('refused');
  expect(stderr.match(/ALARM.*/g)).toEqual([expect.stringContaining('credential_echoed')]);
  expect(server.arrived.length).toBeGreaterThan(3);
  expect(server.arrived.join('\n')).not.toContain(marker);
  expect(stdout).toContain(marker);
  const told = stdout + stderr + server.audit();
  for (const secret of [...secrets, ...issued]) expect(told).not.toContain(secret);
}

const missing = table.filter(({ needs }) => needs !== undefined && !existsSync(join(sdks, 'node_modules', needs)));
if (missing.length > 0)
  console.warn(`no KEYWRIGHT_TEST_SDKS: not tried: ${missing.map(({ name }) => name).join(', ')}`);

describe("a vendor's own package, which holds placeholders alone, does what it is for", () => {
  for (const sdk of table) {
    const test = missing.includes(sdk) ? it.skip : it;
    // By each Node in turn as the whole suite is: these take long.
    test(sdk.name, () => works(process.execPath, sdk));
  }
});
