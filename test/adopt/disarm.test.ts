import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { planDisarm, type DisarmInput } from '../../src/adopt/disarm.js';
import { madeUp } from './made-up.js';

const github = madeUp('ghp_<36 alnum>');
const plan = (environment: Record<string, string | undefined>, rest: Partial<DisarmInput> = {}) =>
  planDisarm({ command: 'node', args: [], environment, ...rest });
const withNames = (name: string): string => `<${name}>`;

describe('a child is refused', () => {
  it.each([
    ['GDRIVE_CREDENTIALS_PATH', '/home/me/token.json', 'GDRIVE_OAUTH_PATH is not set'],
    ['MDB_MCP_CONNECTION_STRING', 'mongodb+srv://me:secret@db.example.com', 'other than HTTP (mongodb-atlas)'],
    ['SHOPIFY_CLIENT_SECRET', madeUp('shpss_<32 hex>'), 'MYSHOPIFY_DOMAIN is not set'],
    ['JIRA_API_TOKEN', madeUp('ATATT3xFfGF0<180 base64url>'), 'JIRA_URL is not set'],
    ['NOTION_TOKEN', 'qx7', 'shorter than 8'],
    ['GITHUB_TOKEN', `${github}\nx`, 'line break'],
  ])('for %s', (name, value, why) => {
    const { leftovers, bindings } = plan({ [name]: value });
    expect(leftovers).toEqual([expect.objectContaining({ where: name, why: expect.stringContaining(why) })]);
    expect(bindings).toEqual([]);
    expect(JSON.stringify(leftovers)).not.toContain(value);
    expect(plan({ [name]: value }, { pass: [name] }).leftovers).toEqual([]);
  });

  it('for what looks like a secret in a variable or an argument that nobody knows', () => {
    const secret = madeUp('<24 alnum>');
    const { leftovers } = plan(
      { OWN_API_KEY: secret, DATABASE_URL: 'postgres://me:pw@db/x' },
      { args: ['--x', '--password', secret] },
    );
    expect(leftovers.map(({ where }) => where)).toEqual(['OWN_API_KEY', 'DATABASE_URL', 'argument 3']);
  });
});

describe('what the child gets', () => {
  it('has a placeholder in every place where the secret stood', () => {
    const environment = {
      GITHUB_TOKEN: github,
      GITHUB_PERSONAL_ACCESS_TOKEN: github,
      REMOTE: `https://x-access-token:${github}@github.com/acme/site`,
      JSON: JSON.stringify({ token: github }),
      PATH: '/usr/bin',
      EMPTY: '',
      MISSING: undefined,
    };
    const { disarm, bindings, leftovers } = plan(environment, { args: ['--auth', `token=${github}`] });
    expect(leftovers).toEqual([]);
    expect(disarm(() => 'PLACE-HOLDER')).toEqual({
      environment: {
        GITHUB_TOKEN: 'PLACE-HOLDER',
        GITHUB_PERSONAL_ACCESS_TOKEN: 'PLACE-HOLDER',
        REMOTE: 'https://x-access-token:PLACE-HOLDER@github.com/acme/site',
        JSON: '{"token":"PLACE-HOLDER"}',
        PATH: '/usr/bin',
        EMPTY: '',
      },
      args: ['--auth', 'token=PLACE-HOLDER'],
    });
    expect(bindings.map(({ from }) => from)).toEqual([['GITHUB_PERSONAL_ACCESS_TOKEN', 'GITHUB_TOKEN']]);
  });

  it('has no variable of Keywright', () => {
    const { disarm } = plan({ KEYWRIGHT_CONFIG: '/x', keywright_token: 'y', OTHER: 'z' });
    expect(disarm(withNames).environment).toEqual({ OTHER: 'z' });
  });

  it('has what --pass names as it was, and nothing is bound to it', () => {
    const { disarm, bindings } = plan(
      { GITHUB_TOKEN: github },
      { pass: ['GITHUB_TOKEN', 'argument:2'], args: ['x', github] },
    );
    expect(bindings).toEqual([]);
    expect(disarm(withNames)).toEqual({ environment: { GITHUB_TOKEN: github }, args: ['x', github] });
  });

  it('has one placeholder for each of two accounts', () => {
    const other = madeUp('github_pat_<22 alnum>_<59 alnum>');
    const { disarm, bindings } = plan({ GITHUB_TOKEN: github, GH_TOKEN: other });
    expect(disarm(withNames).environment).toEqual({ GITHUB_TOKEN: '<github-token>', GH_TOKEN: '<gh-token>' });
    expect(bindings.map(({ shape }) => shape)).toEqual(['ghp_<36 alnum>', 'github_pat_<22 alnum>_<59 alnum>']);
  });

  it('keeps what is around a secret inside JSON and base64', () => {
    const notion = madeUp('ntn_<46 alnum>');
    const pat = madeUp('<52 lower>');
    const { disarm, secretValues } = plan(
      {
        OPENAPI_MCP_HEADERS: JSON.stringify({ Authorization: `Bearer ${notion}`, 'Notion-Version': '2022-06-28' }),
        PERSONAL_ACCESS_TOKEN: Buffer.from(`me@example.com:${pat}`).toString('base64'),
      },
      { command: 'npx', args: ['@azure-devops/mcp'] },
    );
    expect(secretValues()).toEqual(
      new Map([
        ['azure-devops', pat],
        ['notion', notion],
      ]),
    );
    expect(disarm(withNames).environment).toEqual({
      OPENAPI_MCP_HEADERS: '{"Authorization":"Bearer <notion>","Notion-Version":"2022-06-28"}',
      PERSONAL_ACCESS_TOKEN: Buffer.from('me@example.com:<azure-devops>').toString('base64'),
    });
  });

  it.each([
    ['GOOGLE_MAPS_API_KEY', 'AIza<35 base64url>', [{ place: 'query', name: 'key', template: '{google-maps}' }]],
    [
      'MAPBOX_ACCESS_TOKEN',
      'pk.<70 base64url>.<22 base64url>',
      [{ place: 'query', name: 'access_token', template: '{mapbox}' }],
    ],
    ['SLACK_MCP_XOXD_TOKEN', 'xoxd-<120 alnum>', [{ place: 'cookie', name: 'd', template: '{slack}' }]],
    [
      'TELEGRAM_BOT_TOKEN',
      '<10 digits>:<35 base64url>',
      [
        { place: 'path', template: '/bot{telegram}' },
        { place: 'path', template: '/file/bot{telegram}' },
      ],
    ],
  ])('has a placeholder in %s, which the proxy finds in query, path or cookie', (name, shape, inject) => {
    const { disarm, bindings, leftovers } = plan({ [name]: madeUp(shape) });
    expect(leftovers).toEqual([]);
    expect(disarm(() => 'PLACEHOLDER').environment).toEqual({ [name]: 'PLACEHOLDER' });
    expect(bindings[0]?.inject).toEqual(inject.map((option) => ({ ...option, mode: 'substitute' })));
    expect(bindings[0]?.shape).toBe(shape);
  });

  it('has two placeholders for key and token of Trello, each for its own parameter', () => {
    const { bindings } = plan({ TRELLO_API_KEY: madeUp('<32 hex>'), TRELLO_TOKEN: madeUp('ATTA<72 hex>') });
    expect(bindings.map(({ inject }) => inject)).toEqual([
      [{ place: 'query', name: 'key', template: '{trello-api-key}', mode: 'substitute' }],
      [{ place: 'query', name: 'token', template: '{trello-token}', mode: 'substitute' }],
    ]);
  });

  it('has placeholders in the known arguments of a service', () => {
    const secret = madeUp('<32 alnum>');
    const pair = madeUp('AC<32 hex>/SK<32 hex>');
    const twilio = plan({}, { command: 'npx', args: ['-y', '@twilio-alpha/mcp', `${pair}:${secret}`] });
    expect(twilio.leftovers).toEqual([]);
    expect(twilio.disarm(withNames).args[2]).toBe(`${pair}:<twilio>`);
    expect(twilio.bindings[0]?.inject).toEqual([
      { place: 'basic', username: '', password: '{twilio}', mode: 'substitute' },
    ]);
    const token = madeUp('eyJhbGciOiJIUzI1NiJ9.<64 base64url>.<43 base64url>');
    const monday = plan({}, { command: 'npx', args: ['@mondaydotcomorg/monday-api-mcp@latest', '-t', token] });
    expect(monday.disarm(withNames).args[2]).toBe('<monday>');
    expect(monday.bindings[0]).toMatchObject({
      hosts: ['api.monday.com', 'monday-apps-ms.monday.com'],
      from: ['argument 3'],
    });
  });
});

describe('secrets that the configuration names', () => {
  it('replace what the variable or option held, or stand there where nothing did', () => {
    const value = madeUp('<40 alnum>');
    const { disarm, configured, bindings, leftovers } = plan(
      { OWN_TOKEN: value, COPY: `x ${value}`, GITHUB_TOKEN: github },
      {
        env: { OWN_TOKEN: 'own', UNSET: 'own', GITHUB_TOKEN: 'gh' },
        options: { '--key': 'short' },
        args: ['--key=abc', '--key', 'abcdefgh'],
      },
    );
    expect(leftovers).toEqual([]);
    expect(bindings).toEqual([]);
    expect(configured.map(({ where, secretName }) => `${where} ${secretName}`)).toEqual([
      'OWN_TOKEN own',
      'UNSET own',
      'GITHUB_TOKEN gh',
      'argument 1 short',
      'argument 3 short',
    ]);
    expect(disarm(withNames)).toEqual({
      environment: { OWN_TOKEN: '<own>', COPY: 'x <own>', GITHUB_TOKEN: '<gh>', UNSET: '<own>' },
      args: ['--key=<short>', '--key', '<short>'],
    });
  });

  it('keep their names: a bound secret gets another', () => {
    expect(plan({ GITHUB_TOKEN: github }, { taken: ['github'] }).bindings[0]?.secretName).toBe('github-2');
  });
});

describe('the plan itself', () => {
  it('shows no secret, however it is printed', () => {
    const found = plan({ GITHUB_TOKEN: github, OWN_SECRET: madeUp('<40 alnum>') });
    expect(found.secretValues()).toEqual(new Map([['github', github]]));
    for (const text of [inspect(found, { depth: 9, showHidden: true }), JSON.stringify(found)])
      expect(text).not.toContain(github);
  });

  it('says where a secret may go and how', () => {
    expect(plan({ GITHUB_TOKEN: github }).bindings).toEqual([
      {
        service: 'github',
        services: ['github'],
        secretName: 'github',
        from: ['GITHUB_TOKEN'],
        hosts: [
          'api.github.com',
          'uploads.github.com',
          'raw.githubusercontent.com',
          'github.com',
          'api.githubcopilot.com',
        ],
        inject: [
          { place: 'header', name: 'authorization', template: '{github}', mode: 'substitute' },
          { place: 'basic', username: '', password: '{github}', mode: 'substitute' },
        ],
        shape: 'ghp_<36 alnum>',
      },
    ]);
  });
});
