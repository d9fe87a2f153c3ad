import { describe, expect, it } from '@jest/globals';
import { refusalsOf } from './refusals.js';

const withInject = (...entries: string[]): string[] =>
  refusalsOf(`secrets: { s: { from: env, name: S, hosts: [a.example.com] } }
policies:
  - name: p
    hosts: [a.example.com]
    inject:
${entries.map((entry) => `      - ${entry}`).join('\n')}
`);

describe('an entry of inject is refused', () => {
  it.each([
    [
      'that names an unknown secret',
      '{ place: header, name: a, template: "x {t.f}" }',
      '7:45 found the unknown secret "t"',
    ],
    [
      'that names no secret',
      '{ place: header, name: a, template: x }',
      '7:45 found no reference: the template of the header a',
    ],
    [
      'whose braces are doubled, as in other templates',
      '{ place: header, name: a, template: "x {{s}}" }',
      'names no secret. A secret is {secret}; doubled braces stand for themselves.',
    ],
    [
      'with a place and a signature at once',
      '{ place: header, sign: hmac, name: a, template: "{s}" }',
      '7:9 found "place" and "sign" in one entry; allowed is an entry for each',
    ],
    [
      'with neither',
      '{ name: a, template: "{s}" }',
      'with one of header, basic, query, path, cookie, form, json, text, ws, or "sign" with one of sigv4, hmac',
    ],
    [
      'with braces about the name of a secret',
      '{ sign: hmac, secret: "{s}", algorithm: sha256, message: "{path}", encoding: hex, header: a }',
      '7:31 found "{s}"; allowed is the name of a secret, without braces',
    ],
    [
      'with a region that is a pattern',
      '{ sign: sigv4, secret: s, regions: ["eu-*"] }',
      '7:45 found "eu-*"; allowed is one name as signatures have it',
    ],
    [
      'in a field with a name that none has',
      '{ place: header, name: "a b", template: "{s}" }',
      '7:32 found "a b"; allowed is the name of a header',
    ],
    [
      'with a stray brace',
      '{ place: basic, username: "{", password: "{s}" }',
      '7:35 found a text that cannot be used: a brace in a template is {secret}',
    ],
    [
      'with a field of a field',
      '{ place: header, name: a, template: "x {s.tls.crt}" }',
      '7:45 found "{s.tls.crt}": a brace in a template is {secret}',
    ],
    [
      'with a brace about what is no secret of the configuration, which is not repeated',
      '{ place: header, name: a, template: "x {hunter.2.x}" }',
      '7:45 found a text that cannot be used: a brace in a template is {secret}',
    ],
    [
      'in a field that routes',
      '{ place: header, name: Host, template: "{s}" }',
      '7:9 found an entry that cannot be used',
    ],
    ['with a mode there is not', '{ place: header, name: a, template: "{s}", mode: add }', '7:58 found "add"'],
    ['without its options', '{ place: header, name: a }', '7:9 "template" is missing'],
    [
      'with options of another place',
      '{ place: basic, username: a, password: "{s}", name: a }',
      '7:55 found the unknown key "name"',
    ],
    ['at a place there is not', '{ place: quary, name: a, template: "{s}" }', '7:18 found "quary"'],
    ['by a signer there is not', '{ sign: sigv5, secret: s }', '7:17 found "sigv5"'],
    ['with a key of an unknown secret', `{ sign: client-certificate, secret: t }`, '7:45 found the unknown secret "t"'],
    [
      'in mode substitute, where nothing travels in the request',
      '{ sign: client-certificate, secret: s, mode: substitute }',
      '7:9 found an entry that cannot be used: a client-certificate is in mode: set',
    ],
    [
      'over a timestamp that nobody is told',
      '{ sign: hmac, secret: s, algorithm: sha256, message: "{path}{timestamp}", encoding: hex, header: a }',
      '7:9 found an entry that cannot be used: an hmac over a timestamp sends it',
    ],
  ])('%s', (_, entry, refusal) => {
    const refusals = withInject(entry);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(refusal);
  });

  it.each(['place', 'sign', 'template', 'mode'])('whose %s stands beside it, in the policy', (key) => {
    const [refusal] = refusalsOf(`policies: [{ name: p, hosts: [a.example.com], ${key}: x }]\n`);
    expect(refusal).toContain(`found the unknown key "${key}"; it belongs in an entry of "inject"`);
  });

  it('each on its own line', () => {
    const bad = '{ place: header, name: a, template: "{t}" }';
    expect(
      withInject(bad, '{ place: header, name: b, template: "{s}" }', bad.replace('name: a', 'name: c')).map(
        (line) => line.split(' ')[0],
      ),
    ).toEqual(['7:45', '9:45']);
  });
});

describe('a client certificate is refused', () => {
  const entry = '{ sign: client-certificate, secret: s }';

  it('a second time in a policy: a connection shows one', () => {
    expect(withInject(entry, '{ place: header, name: a, template: "{s}" }', entry)).toEqual([
      expect.stringContaining('9:9 found a second client-certificate; allowed is one in a policy'),
    ]);
  });

  it('in a policy for cleartext, where nothing is shown', () => {
    expect(withInject(entry, '{ place: header, name: a, template: "{s}" }\n    unsafe_cleartext: true')).toEqual([
      expect.stringContaining('7:9 found a client-certificate in a policy with unsafe_cleartext'),
    ]);
  });
});

describe('two entries of a policy', () => {
  const header = (name: string, mode = 'set'): string =>
    `{ place: header, name: ${name}, template: "{s}", mode: ${mode} }`;
  const basic = (mode = 'set'): string => `{ place: basic, username: a, password: "{s}", mode: ${mode} }`;
  const sigv4 = (mode = 'set'): string => `{ sign: sigv4, secret: s, mode: ${mode} }`;
  const hmac = (name: string, more = ''): string =>
    `{ sign: hmac, secret: s, algorithm: sha256, message: "{path}", encoding: hex, header: ${name}${more} }`;
  const named = (place: string, name: string, mode = 'set'): string =>
    `{ place: ${place}, ${place === 'form' ? 'field' : 'name'}: "${name}", template: "{s}", mode: ${mode} }`;
  const json = (pointer: string): string => `{ place: json, pointer: ${pointer}, template: "{s}" }`;
  const path = (template: string): string => `{ place: path, template: "${template}" }`;

  it.each([
    [header('a'), header('A'), 'header'],
    [header('x-api-key'), header('X_Api_Key'), 'header'],
    [basic(), header('authorization'), 'basic'],
    [header('Authorization'), basic(), 'header'],
    [header('authorization'), sigv4(), 'header'],
    [sigv4(), basic(), 'sigv4'],
    [sigv4(), sigv4(), 'sigv4'],
    [sigv4(), header('x-amz-security-token'), 'sigv4'],
    [sigv4(), hmac('x-sig', ', timestamp_header: x-amz-date'), 'sigv4'],
    [hmac('x-sig'), hmac('X-Sig'), 'hmac'],
    [hmac('x-sig'), header('x_sig'), 'hmac'],
    [header('x-nonce'), hmac('x-sig', ', nonce_header: x-nonce'), 'header'],
    [header('cookie'), named('cookie', 'd'), 'header'],
    [named('cookie', 'd'), named('cookie', 'D'), 'cookie'],
    [named('query', 'key'), named('query', 'Key'), 'query'],
    [named('query', 'a.b'), named('query', 'a_b'), 'query'],
    [named('query', 'a'), named('query', 'a[b]'), 'query'],
    [named('form', 'key'), named('form', 'key'), 'form'],
    [json('/a'), json('/a'), 'json'],
    [json('/a/b'), json('/A'), 'json'],
    [path('/bot{s}'), path('/BOT{s}/x/{s}'), 'path'],
    // What is set takes away what would be substituted, or the other way round.
    [header('a'), header('a', 'substitute'), 'header'],
    [header('authorization', 'substitute'), sigv4(), 'header'],
    [basic('substitute'), header('authorization'), 'basic'],
  ])('that write the same are refused: %s and %s', (one, other, kind) => {
    expect(withInject('{ place: header, name: b, template: "{s}" }', one, other)).toEqual([
      expect.stringContaining(
        `9:9 found an entry that writes what entry 2 of this policy (${kind}) writes too; allowed is`,
      ),
    ]);
  });

  it.each([
    [header('a', 'substitute'), header('a', 'substitute')],
    [header('authorization', 'substitute'), basic('substitute')],
    [sigv4('substitute'), sigv4('substitute')],
    [sigv4('substitute'), header('authorization', 'substitute')],
    [header('a'), header('b')],
    [header('authorization'), named('query', 'authorization')],
    [named('cookie', 'a'), named('cookie', 'b')],
    [named('query', 'a[b]'), named('query', 'a[c]')],
    [named('query', 'a'), named('form', 'a')],
    [json('/a/b'), json('/a/c')],
    [json('/a'), json('/ab')],
    [path('/bot{s}'), path('/file/bot{s}')],
    [hmac('x-sig'), hmac('x-sig-2')],
  ])('that leave each other alone are fine: %s and %s', (one, other) => {
    expect(withInject(one, other)).toEqual([]);
  });

  it('of two policies are fine', () => {
    const next = `${header('a')}\n  - name: q\n    hosts: [a.example.com]\n    methods: [GET]\n    inject:`;
    expect(withInject(next, header('a'))).toEqual([]);
  });
});

describe('an entry of inject', () => {
  it('may sign', () => {
    const hmac = 'algorithm: sha512, message: "{method}{path}", encoding: hex, header: a';
    expect(
      withInject('{ sign: client-certificate, secret: s, passphrase: word }', `{ sign: hmac, secret: s, ${hmac} }`),
    ).toEqual([]);
  });

  it.each(['set', 'substitute'])('may have the mode %s', (mode) => {
    expect(withInject(`{ place: header, name: a, template: "Bearer {s.token}", mode: ${mode} }`)).toEqual([]);
  });
});

describe('an entry of inject that puts nothing secret on a request', () => {
  const refusals = (entry: string): string[] =>
    refusalsOf(`secrets:
  s: { from: file, path: s.json, format: json, hosts: [a.example.com], plain_fields: [user, region] }
  t: { from: env, name: T, hosts: [a.example.com] }
policies: [{ name: p, hosts: [a.example.com], inject: [${entry}] }]
`);

  it.each([
    ['{ place: basic, username: "{s.user}", password: x }'],
    ['{ place: basic, username: "{s.user}", password: "{s.region}", mode: substitute }'],
    ['{ place: header, name: a, template: "{s.user}" }'],
    ['{ place: ws, pointer: /d, template: "{s.user}", mode: substitute }'],
  ])('is refused: %s', (entry) => {
    expect(refusals(entry)).toEqual([
      expect.stringMatching(/^5:\d+ found an entry that puts nothing secret on a request \(plain_fields has "s.user"/),
    ]);
  });

  it.each([
    ['{ place: basic, username: "{s.user}", password: "{s.token}" }'],
    ['{ place: basic, username: "{s.user}", password: "{t}" }'],
  ])('is one without a field that is secret: %s is none', (entry) => {
    expect(refusals(entry)).toEqual([]);
  });
});
