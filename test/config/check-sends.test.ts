import { describe, expect, it } from '@jest/globals';
import { refusalsOf } from './refusals.js';

/** What is said of a source made with the secret `part`, which has these hosts. */
const told = (hosts: string, options: string): string[] =>
  refusalsOf(
    `secrets:\n  part: { from: env, name: A, hosts: ${hosts} }\n  made: { from: oauth, client_id: a, client_secret: part, hosts: [a.example], ${options} }\n`,
  );

describe('a secret that another one is made from is refused', () => {
  it.each([
    ['where it may go to another host', '[b.example]', 'token_url: https://a.example/t'],
    ['where it may go to another port', '[a.example]', 'token_url: https://a.example:8443/t'],
    ['where it may go nowhere', '[]', 'token_url: https://a.example/t'],
    [
      'where it may not go to give the other back',
      '[a.example]',
      'token_url: https://a.example/t, revocation_url: https://b.example/r',
    ],
    ['where that alone is known', '[a.example]', 'issuer: https://a.example, revocation_url: https://b.example/r'],
    ['where it may go there by TLS', '[localhost]', 'token_url: http://localhost/t'],
  ])('%s', (_, hosts, options) => {
    expect(told(hosts, options)).toEqual([
      expect.stringMatching(
        /^4:53 found the secret "part", which would be sent to "\S+" and may not go there; allowed is/,
      ),
    ]);
  });
});

describe('a secret that another one is made from', () => {
  it.each([
    ['[a.example]', 'token_url: https://a.example/t'],
    ['["*.example"]', 'token_url: https://a.example/t'],
    ['["a.example:8443"]', 'token_url: https://a.example:8443/t'],
    ['["[::1]:8080"]', 'token_url: "http://[::1]:8080/t"'],
    ['[]', 'issuer: https://a.example'],
  ])('may go to its hosts %s, and where nobody knows yet: %s', (hosts, options) => {
    expect(told(hosts, options).filter((problem) => problem.includes('would be sent'))).toEqual([]);
  });
});
