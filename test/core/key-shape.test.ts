import { describe, expect, it } from '@jest/globals';
import { beginsLikeKey, couldBeKey, shownName, shownPath, unshown } from '../../src/core/key-shape.js';

describe('the beginning of a key', () => {
  it.each([
    'ghp_a',
    'github_pat_a',
    'glpat-a',
    'sk-a',
    'sk_a',
    'rk_a',
    'xoxb-a',
    'AKIAX',
    'eyJh',
    'AIzaX',
    'hvs.a',
    'npm_a',
  ])('is known: %s', (text) => expect(beginsLikeKey(text)).toBe(true));

  it.each(['', 'GITHUB_TOKEN', 'git', 'token.pem', './ghp_a', 'skip', 'hvs', 'npm', 'npm_config_token'])(
    'is not seen in %j',
    (text) => {
      expect(beginsLikeKey(text)).toBe(false);
    },
  );
});

describe('what could be a key', () => {
  it.each([
    'ghp_a',
    'Bearer ghp_a',
    'token=hvs.a',
    'kq93-Zvbn~!x81mmQ@7w',
    'Tr0ub4dor&3',
    'correct-horse-7-battery',
    'correct&horse',
    'pa$$word',
    'hunter22',
    'p\u00e4ssw\u00f6rt9',
    'deadbeef00112233',
    '000b0000000b',
    '12d34d56d78d',
    'Zk3vQ9xLw8Rt2Y',
    'Zk3v.Qx9.example',
    'ZkvQxLwRtYbNmPcD',
    'my-plain-token-1234',
    '/9j4AAQSkZJRg',
    'https://u:pa55word@a.example',
    'https://a.example/T0Zk3vQ9x',
    'https://a.example?key=a1b2c3d4',
    'ABCDEF12345G',
    '123456789',
    'admin:12345',
  ])('%s', (text) => expect(couldBeKey(text)).toBe(true));

  it.each([
    '',
    'a1b2c3',
    'token',
    'access_token',
    'ReadOnlyAccess',
    'api1.example.com',
    '*.example.com:8443',
    'a.*.example.com',
    'localhost:8700',
    '127.0.0.1:99999',
    '[2001:db8::1]:8700',
    'fd00:1::/8',
    'socks5://proxy.corp:1080',
    'https://a.example:8443/v1/keys',
    '/repos/v3/users/*',
    '/%2e%2e/x',
    './secrets/github-2.txt',
    'token-2.json',
    'kv/data/jira2',
    'unix:/run/keywright2.sock',
    '$GITHUB_TOKEN_2',
    'AWS_S3_KEY',
    'eu-central-1',
    '1h30m15s',
    '3000000ms',
    'v1.10.2-rc.1',
    '5 minutes',
    'pass show github',
  ])('is not %j', (text) => expect(couldBeKey(text)).toBe(false));
});

describe('a name in a message', () => {
  it('is hidden where it could be a key', () => {
    expect(shownName('GITHUB_TOKEN')).toBe('GITHUB_TOKEN');
    expect(shownName('Zk3vQ9xLw8Rt2Y')).toBe(unshown);
  });

  it.each([
    'Zk3vQ9xLw8Rt2Y',
    'kq93-Zvbn~!x81mmQ@7w',
    '/9j4AAQSkZJRg',
    '/Zk3v/Q9xLw8Rt2Y',
    '/a/ghp_x',
    './kq93~Zvbn!x81',
  ])('is hidden where it stands for a path: %s', (given) => expect(shownPath(given, `/etc/${given}`)).toBe(unshown));

  it.each([
    'token',
    './token',
    '/tmp/keywright-Ab3dE9/token',
    '/run/pod-3f2a9c1e77/token',
    '../s/t.json',
    'keys/github2',
  ])('is shown where it is a path: %s', (given) => expect(shownPath(given, '/the/path')).toBe('/the/path'));
});
