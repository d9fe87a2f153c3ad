import { describe, expect, it } from '@jest/globals';
import { refusalsOf } from './refusals.js';

function refused(secretHosts: string, policyHosts: string, more = ''): string[] {
  return refusalsOf(`secrets: { s: { from: env, name: S, hosts: [${secretHosts}] } }
policies:
  - { name: p, hosts: [${policyHosts}], inject: [{ place: header, name: a, template: "{s}" }]${more} }
`).map((line) => line.split(/[,;] /)[0] ?? '');
}

describe('two keys must turn: a policy that injects is refused outside the hosts of the secret', () => {
  it.each([
    ['a.example.com', 'b.example.com', '4:24 found "b.example.com"'],
    ['a.example.com', 'x.a.example.com', '4:24 found "x.a.example.com"'],
    ['"*.a.example.com"', 'a.example.com', '4:24 found "a.example.com"'],
    ['a.example.com', '"*.a.example.com"', '4:24 found "*.a.example.com"'],
    ['a.example.com', '"a.example.com:8443"', '4:24 found "a.example.com:8443"'],
    ['"a.example.com:8443"', 'a.example.com', '4:24 found "a.example.com"'],
    ['a.example.com', 'a.example.com, xa.example.com', '4:39 found "xa.example.com"'],
  ])('secret %s, policy %s', (secretHosts, policyHosts, refusal) => {
    expect(refused(secretHosts, policyHosts)).toEqual([refusal]);
  });

  it.each([
    ['a.example.com', 'A.EXAMPLE.com'],
    ['"*.example.com"', 'a.example.com, b.c.example.com'],
    ['"*.example.com"', '"*.a.example.com"'],
    ['a.example.com, b.example.com', 'b.example.com'],
  ])('but not secret %s, policy %s', (secretHosts, policyHosts) => {
    expect(refused(secretHosts, policyHosts)).toEqual([]);
  });

  it('for each of its secrets', () => {
    const text = `secrets:
  s: { from: env, name: S, hosts: [a.example.com] }
  t: { from: env, name: T, hosts: [b.example.com] }
policies:
  - name: p
    hosts: [a.example.com]
    inject: [{ place: basic, username: "{s}", password: "{t}" }]
`;
    expect(refusalsOf(text)).toEqual([
      '7:13 found "a.example.com", where the secret "t" may not go; allowed are its hosts: "b.example.com"',
    ]);
  });
});

describe('a wildcard over hosts of different owners is refused', () => {
  it.each(['"*.com"', '"*.co.uk"', '"*.hf.space"', '"*.s3.amazonaws.com"', '"*.amazonaws.com"'])(
    'for a secret, and for a policy with a credential: %s',
    (host) => {
      const found = `found ${host}`;
      expect(refused(host, host)).toEqual([`2:45 ${found}`, `4:24 ${found}`]);
      expect(refused(host, host, ', unsafe_shared_suffix: true')).toEqual([`2:45 ${found}`]);
    },
  );

  it('but not for one owner, nor for a policy without a credential', () => {
    expect(refused('"*.example.com"', '"*.example.com"')).toEqual([]);
    expect(refusalsOf('policies: [{ name: p, hosts: ["*.com"] }]')).toEqual([]);
    const text = `secrets: { s: { from: env, name: S, hosts: ["*.hf.space"], unsafe_shared_suffix: true } }
policies:
  - { name: p, hosts: [one.hf.space], inject: [{ place: header, name: a, template: "{s}" }] }
`;
    expect(refusalsOf(text)).toEqual([]);
  });
});

describe('a credential in cleartext is refused', () => {
  it('on port 80, unless the policy says so', () => {
    expect(refused('"a.example.com:80"', '"a.example.com:80"')).toEqual(['4:24 found "a.example.com:80"']);
    expect(refused('"a.example.com:80"', '"a.example.com:80"', ', unsafe_cleartext: true')).toEqual([]);
    expect(refused('"a.example.com:81"', '"a.example.com:81"')).toEqual([]);
    expect(refusalsOf('policies: [{ name: p, hosts: ["a.example.com:80"] }]')).toEqual([]);
  });
});

describe('a tunnel and a policy that looks inside', () => {
  const both = (tunnel: string, allow: string): string[] =>
    refusalsOf(`clients: [{ name: a }, { name: b }]
policies:
  - { name: t, action: tunnel, ${tunnel} }
  - { name: i, ${allow} }
`);

  it.each([
    ['hosts: [a.example.com]', 'hosts: [a.example.com]', '4:40'],
    ['hosts: [z.example, a.example.com]', 'hosts: ["*.example.com"]', '4:51'],
    ['hosts: ["*.example.com"]', 'hosts: [a.example.com]', '4:40'],
    ['hosts: [a.example.com], clients: [a]', 'hosts: [a.example.com]', '4:40'],
  ])('are refused for one client and host: %s, %s', (tunnel, allow, place) => {
    expect(both(tunnel, allow)).toEqual([
      `${place} found a host that the policy "i" looks into, in the tunnel "t"; allowed is one of the two for a client and host`,
    ]);
  });

  it.each([
    ['hosts: [a.example.com]', 'hosts: [b.example.com]'],
    ['hosts: [a.example.com]', 'hosts: ["a.example.com:8443"]'],
    ['hosts: [a.example.com], clients: [a]', 'hosts: [a.example.com], clients: [b]'],
  ])('may stand side by side: %s, %s', (tunnel, allow) => {
    expect(both(tunnel, allow)).toEqual([]);
  });
});
