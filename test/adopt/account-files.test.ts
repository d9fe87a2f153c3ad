import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { takeAccounts, type Accounts } from '../../src/adopt/account-files.js';
import { services } from '../../src/catalogue/services.js';
import { planDisarm } from '../../src/adopt/disarm.js';
import { madeUp } from './made-up.js';

const folder = mkdtempSync(join(tmpdir(), 'account-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const secret = madeUp('GOCSPX-<28 base64url>');
const refresh = madeUp('1//0<64 base64url>');
const access = madeUp('ya29.<64 base64url>');
const clientId = '1234-abc.apps.googleusercontent.com';

function write(name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
}

const keys = { client_id: clientId, client_secret: secret, project_id: 'p', redirect_uris: ['http://localhost'] };
const clientFile = write('client.json', { installed: { ...keys, token_uri: 'https://oauth2.googleapis.com/token' } });
const tokens = { access_token: access, refresh_token: refresh, scope: 'mail', token_type: 'Bearer', expiry_date: 9e15 };
const tokenFile = write('tokens.json', { ...tokens, id_token: madeUp('<40 alnum>'), other: madeUp('<40 alnum>') });

const take = (environment: Record<string, string>, pass: string[] = [], taken: string[] = []): Accounts =>
  takeAccounts({ command: 'node', args: [], environment, pass, taken }, services);
const gmail = (client: string, given: string) => ({ GMAIL_OAUTH_PATH: client, GMAIL_CREDENTIALS_PATH: given });
const withNames = (name: string): string => `<${name}>`;

describe('an account in files cannot be taken', () => {
  it.each([
    ['without its tokens', { GMAIL_OAUTH_PATH: clientFile }, 'GMAIL_OAUTH_PATH', 'GMAIL_CREDENTIALS_PATH is not set'],
    ['without its client', { GMAIL_CREDENTIALS_PATH: tokenFile }, 'GMAIL_CREDENTIALS_PATH', 'GMAIL_OAUTH_PATH is not'],
    ['that is not there', gmail('/nowhere', tokenFile), 'GMAIL_OAUTH_PATH', 'cannot be read'],
    ['of a client without a secret', gmail(tokenFile, tokenFile), 'GMAIL_OAUTH_PATH', 'names no client'],
    ['without a refresh token', gmail(clientFile, clientFile), 'GMAIL_CREDENTIALS_PATH', 'no refresh token'],
  ])('%s', (_, environment, where, why) => {
    const { leftovers, bound, exchanges } = take(environment);
    expect(leftovers).toEqual([{ where, why: expect.stringContaining(why) as unknown }]);
    expect([...bound, ...exchanges]).toEqual([]);
    expect(JSON.stringify(leftovers)).not.toMatch(new RegExp(`${secret}|${refresh}|${access}`));
  });

  it('and is left as it is where it is handed over', () => {
    const left = take(gmail(clientFile, tokenFile), ['GMAIL_OAUTH_PATH']);
    expect(left.variables.size + left.bound.length + left.leftovers.length).toBe(0);
    expect(left.copies(withNames).size).toBe(0);
  });
});

describe('an account in files', () => {
  it('becomes three secrets, of which two go to Google’s token endpoint only, whatever its file says', () => {
    const file = write('steered.json', { web: { ...keys, token_uri: 'https://evil.example/token' } });
    const { bound, exchanges, leftovers } = take(gmail(file, tokenFile));
    expect(leftovers).toEqual([]);
    expect(
      bound.map(({ value, binding: { secretName, hosts, inject } }) => [secretName, value, hosts, inject]),
    ).toEqual([
      ['gmail-client', secret, ['oauth2.googleapis.com'], []],
      ['gmail-consent', refresh, ['oauth2.googleapis.com'], []],
    ]);
    expect(exchanges).toMatchObject([
      {
        secretName: 'gmail-access',
        endpoint: 'https://oauth2.googleapis.com/token',
        clientId,
        clientSecret: 'gmail-client',
        refreshToken: 'gmail-consent',
        hosts: ['gmail.googleapis.com'],
        inject: [{ place: 'header', name: 'authorization', template: '{gmail-access}', mode: 'substitute' }],
      },
    ]);
  });

  it('avoids names that are taken', () => {
    expect(take(gmail(clientFile, tokenFile), [], ['gmail-consent']).exchanges[0]?.secretName).toBe('gmail-2-access');
  });

  it('is copied with placeholders, long over, and without whatever else stood there', () => {
    const copies = take(gmail(clientFile, tokenFile)).copies(withNames);
    expect(JSON.parse(copies.get('GMAIL_OAUTH_PATH')!)).toEqual({
      installed: { ...keys, client_secret: '<gmail-client>', token_uri: 'https://oauth2.googleapis.com/token' },
    });
    expect(JSON.parse(copies.get('GMAIL_CREDENTIALS_PATH')!)).toEqual({
      access_token: '<gmail-access>',
      refresh_token: '<gmail-consent>',
      scope: 'mail',
      token_type: 'Bearer',
      expiry_date: 1,
    });
  });

  it('is part of what a child is disarmed of, wherever else its secrets stand', () => {
    const environment = { ...gmail(clientFile, tokenFile), COPY: `token=${refresh}`, HIDDEN: btoa(`x:${secret}:x`) };
    const { leftovers, bindings, secretValues, disarm } = planDisarm({ command: 'node', args: [], environment });
    expect(leftovers).toEqual([{ where: 'HIDDEN', why: expect.stringContaining('in another spelling') as unknown }]);
    expect(bindings.map(({ secretName }) => secretName)).toEqual(['gmail-client', 'gmail-consent']);
    expect(secretValues().get('gmail-consent')).toBe(refresh);
    expect(disarm(withNames).environment['COPY']).toBe('token=<gmail-consent>');
  });

  it('that no variable names is left where it is, and told of', () => {
    const notes = (environment: Record<string, string>, ...args: string[]): readonly string[] =>
      planDisarm({ command: 'npx', args, environment }).notes;
    const server = '@gongrzhe/server-gmail-autoauth-mcp';
    expect(notes({}, server)).toEqual([expect.stringMatching(/^without GMAIL_OAUTH_PATH and GMAIL_CREDENTIALS_PATH/)]);
    expect(notes(gmail(clientFile, tokenFile), server)).toEqual([]);
    expect(notes({}, 'another-server')).toEqual([]);
  });
});
