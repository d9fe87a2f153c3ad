import { describe, expect, it } from '@jest/globals';
import { checkServe } from '../../src/config/check.js';
import { parseConfig } from '../../src/config/load.js';
import { UsageError } from '../../src/core/usage-error.js';
import { refusalsOf } from './refusals.js';

const digest = 'ab'.repeat(32);

describe('serve', () => {
  it.each([
    ['no client', ''],
    ['only clients without a token', 'clients: [{ name: a }]'],
  ])('is refused with %s: nobody could ask', (_, text) => {
    expect(() => checkServe(parseConfig(`version: 1\n${text}`, '/etc/k/f.yaml'))).toThrow(UsageError);
  });

  it.each(['unsafe_anonymous: true', `clients: [{ name: a }, { name: b, token_sha256: ${digest} }]`])(
    'may start with %s',
    (text) => {
      expect(() => checkServe(parseConfig(`version: 1\n${text}`, '/etc/k/f.yaml'))).not.toThrow();
    },
  );
});

describe('a listener without TLS is refused where other machines can reach it', () => {
  it.each([
    '0.0.0.0:1',
    '192.0.2.1:1',
    '128.0.0.1:1',
    '126.255.255.255:1',
    '[::]:1',
    '[::2]:1',
    '[::ffff:127.0.0.1]:1',
  ])('%s', (address) => {
    expect(refusalsOf(`listen: { proxy: ["${address}"] }`)).toHaveLength(1);
    expect(refusalsOf(`listen: { proxy: ["${address}"], unsafe_plain_listener: true }`)).toEqual([]);
  });

  it.each(['127.0.0.1:1', '127.255.255.255:1', '[::1]:1', 'unix:/p'])('but not at %s', (address) => {
    expect(refusalsOf(`listen: { proxy: ["${address}"] }`)).toEqual([]);
  });
});

describe('names', () => {
  it.each([
    ['clients: [{ name: a }, { name: b }, { name: a }]', '2:45 found "a" a second time; allowed is a name once'],
    ['clients: [{ name: anonymous }]', '2:19 found the name of callers that show none; allowed is another name'],
    [
      'deny: [{ name: d, hosts: [a.example], clients: [a] }]',
      '2:49 found the unknown client "a"; allowed are those of the configuration: there are none',
    ],
    [
      'clients: [{ name: a }]\npolicies: [{ name: d, hosts: [a.example], clients: [a, anonymous] }]',
      '3:56 found the unknown client "anonymous"; allowed are those of the configuration: "a"',
    ],
    [
      'run: { env: { A: s } }',
      '2:18 found the unknown secret "s"; allowed are those of the configuration: there are none',
    ],
    [
      'run: { args: { --a: s } }',
      '2:21 found the unknown secret "s"; allowed are those of the configuration: there are none',
    ],
    [
      'backends: { w: { type: workos, api_key_file: k } }\nsecrets: { s: { from: workos-pipes, integration: i, users: { nobody: u }, hosts: [] } }',
      '3:70 found the unknown client "nobody"; allowed are those of the configuration: there are none',
    ],
  ])('are refused in %s', (text, refusal) => {
    expect(refusalsOf(text)).toEqual([refusal]);
  });

  it('may be those of callers that show none, where such are let in', () => {
    expect(
      refusalsOf('unsafe_anonymous: true\npolicies: [{ name: d, hosts: [a.example], clients: [anonymous] }]'),
    ).toEqual([]);
  });
});

describe('a tunnel', () => {
  it.each(['methods: [GET]', 'paths: [/a]'])('is refused with %s, which nobody could check', (key) => {
    const [name = ''] = key.split(':');
    expect(refusalsOf(`policies: [{ name: t, hosts: [a.example], action: tunnel, ${key} }]`)).toEqual([
      `2:59 found "${name}" in a tunnel, which is not looked into; allowed is action: allow, or no ${name}`,
    ]);
  });
});

describe('a secret by the user of the caller is refused, as no client shows one', () => {
  it('from WorkOS Pipes, without `users`', () => {
    const secret = '{ from: workos-pipes, integration: i, hosts: [] }';
    expect(refusalsOf(`backends: { w: { type: workos, api_key_file: k } }\nsecrets: { s: ${secret} }`)).toEqual([
      expect.stringMatching(
        /^3:\d+ found no "users": .* not available yet; allowed is "users", with a user for each client$/,
      ),
    ]);
  });

  it('in each template of a session', () => {
    const templates = 'session_name: "{subject}", source_identity: "a-{subject}", tags: { a: b, who: "{subject}" }';
    const secret = `{ from: sts, role_arn: "arn:aws:iam::123456789012:role/a", ${templates}, hosts: [] }`;
    const backend = '{ type: aws, region: eu-central-1, credentials: { from: environment } }';
    const refusal = `found "{subject}", which needs clients that show a user's token, which is not available yet; allowed is "{client}"`;
    const refusals = refusalsOf(`backends: { a: ${backend} }\nsecrets: { s: ${secret} }`);
    expect(refusals.map((text) => text.replace(/^3:\d+ /, ''))).toEqual([refusal, refusal, refusal]);
  });
});

describe('what is used while its source fails', () => {
  it.each([
    'from: exec, command: [pass]',
    'from: vault, path: kv/data/a',
    'from: aws, secret_id: a',
    'from: infisical, project_id: a, environment: prod, secret: A',
    'from: workos, object: a',
    'from: workos-pipes, integration: i, users: { desk: u }',
  ])('lasts until it is asked again: %s', (source) => {
    const text = (times: string): string => `clients: [{ name: desk }]
backends:
  v: { type: vault, address: "https://vault.example", auth: { method: token, token_file: t } }
  a: { type: aws, region: eu-central-1, credentials: { from: environment } }
  i: { type: infisical, auth: { method: universal, client_id: a, client_secret_file: c } }
  w: { type: workos, api_key_file: k }
secrets: { s: { ${source}, ${times}, hosts: [] } }`;
    expect(refusalsOf(text('refresh: 10m, max_stale: 1m'))).toEqual([
      expect.stringContaining('shorter than "refresh"; allowed is as long or longer'),
    ]);
    expect(refusalsOf(text('refresh: 10m, max_stale: 10m'))).toEqual([]);
  });
});

describe('a field that is named where a secret comes from', () => {
  it.each(['field', 'key'])('is told where it belongs: %s', (key) => {
    expect(refusalsOf(`secrets: { s: { from: env, name: A, ${key}: token, hosts: [] } }`)).toEqual([
      expect.stringMatching(
        new RegExp(
          `found the unknown key "${key}"; a field is named where it is used, as in \\{x\\.token\\}; known are `,
        ),
      ),
    ]);
  });
});
