import { describe, expect, it } from '@jest/globals';
import { refusalsOf } from './refusals.js';

const oauth = (name: string, from: string): string =>
  `  ${name}: { from: oauth, client_id: a, client_secret: ${from}, token_url: "https://a.example/t", hosts: [a.example] }\n`;

describe('a secret that is made from itself', () => {
  it('is refused with what it is made by way of', () => {
    const refusals = refusalsOf(`secrets:\n${oauth('a', 'b')}${oauth('b', 'c')}${oauth('c', 'a')}${oauth('d', 'a')}`);
    expect(refusals).toEqual([
      '3:3 found "a", which is made from itself by way of "b", "c"; allowed is one made from others',
      '4:3 found "b", which is made from itself by way of "c", "a"; allowed is one made from others',
      '5:3 found "c", which is made from itself by way of "a", "b"; allowed is one made from others',
    ]);
  });

  it('is refused where its backend is opened with it', () => {
    const auth = '{ method: approle, role_id: r, secret_id: a }';
    const refusals = refusalsOf(`backends:
  corp: { type: vault, address: "https://vault.example:8200", auth: ${auth} }
secrets:
  a: { from: vault, path: kv/data/a, hosts: ["vault.example:8200"] }
`);
    expect(refusals).toEqual([
      '5:3 found "a", which is made from itself by way of the backend "corp"; allowed is one made from others',
    ]);
  });

  it('is refused alone where it names itself', () => {
    expect(refusalsOf(`secrets:\n${oauth('a', 'a')}`)).toEqual([
      '3:3 found "a", which is made from itself; allowed is one made from others',
    ]);
  });
});
