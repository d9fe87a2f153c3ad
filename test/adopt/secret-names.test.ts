import { describe, expect, it } from '@jest/globals';
import { isSecretByName, isTellingName } from '../../src/adopt/secret-names.js';
import { madeUp } from './made-up.js';

const random = madeUp('<16 alnum>');

describe('a secret by its name', () => {
  it.each([
    'OWN_TOKEN',
    'CLIENT_SECRET',
    'DB_PASSWORD',
    'db_passwd',
    'OPENX_API_KEY',
    'OPENX_APIKEY',
    'MY_CREDENTIAL',
    'PRIVATE_KEY',
    'api-key',
    'Access_Key',
  ])('is one under %s', (name) => {
    expect(isTellingName(name)).toBe(true);
    expect(isSecretByName(name, madeUp('<24 alnum>'))).toBe(true);
  });

  it.each([
    ['DB_PASSWORD', 'correct horse battery staple'],
    ['DB_PASSWORD', 'correct-horse-battery-staple'],
    ['TOKEN', '3f2504e0-4f89-41d3-9a0c-0305e82c3301'],
    ['TOKEN', '/abcDEF+/ghiJKL012345='],
  ])('%s holds one as %s', (name, value) => expect(isSecretByName(name, value)).toBe(true));
});

describe('no secret by its name', () => {
  it.each([
    ['SSH_AUTH_SOCK', `/tmp/ssh-${random}/agent.1`],
    ['XDG_SESSION_TOKEN', random],
    ['COLORTERM', 'truecolor'],
    ['GPG_AGENT_INFO', '/run/user/1000/gnupg/S.gpg-agent:0:1'],
    ['DBUS_SESSION_BUS_ADDRESS', 'unix:path=/run/user/1000/bus,guid=0123456789abcdef'],
    ['PRIVATE_KEY_PATH', '/home/me/.ssh/id_ed25519'],
    ['API_KEY_FILE', random],
    ['PRIVATE_KEY', '/home/me/.ssh/id_ed25519'],
    ['PRIVATE_KEY', 'C:\\keys\\my-long-named.pem'],
    ['TOKEN_ENDPOINT', 'https://login.example.com/token'],
    ['TOKEN_SOURCE', 'https://login.example.com/oauth2/token'],
    ['MAX_TOKENS', '1000000000000000000'],
    ['TOKEN', '1234567890.1234567890'],
    ['TOKEN', 'short'],
    ['TOKEN', 'aaaaaaaaaaaaaaaaaaaaaaaa'],
    ['CREDENTIAL_HELPER', 'manager-of-the-system-core'],
    ['EDITOR', madeUp('<24 alnum>')],
    ['KEYBOARD', madeUp('<24 alnum>')],
    ['TOKENIZERS_PARALLELISM', madeUp('<24 alnum>')],
  ])('%s=%s', (name, value) => expect(isSecretByName(name, value)).toBe(false));
});
