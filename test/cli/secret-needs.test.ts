import { describe, expect, it } from '@jest/globals';
import { needsOf } from '../../src/cli/secret-needs.js';
import { parseConfig } from '../../src/config/load.js';
import { credentials } from '../inject/credentials.js';

const config = parseConfig(
  `version: 1
clients: [{ name: desk }, { name: agents }]
backends: { w: { type: workos, api_key: key } }
secrets:
  key: { from: env, name: K, hosts: [api.workos.com] }
  s: { from: file, path: s.json, format: json, hosts: [a.example.com, id.example.com] }
  o: { from: oauth, token_url: "https://id.example.com/t", client_id: c, client_secret: s.app, hosts: [a.example.com] }
policies:
  - name: api
    clients: [desk]
    hosts: [a.example.com]
    inject:
      - { place: basic, username: "{s.user}", password: "{{s.no}}{s.token}", mode: substitute }
      - { place: ws, pointer: /d, template: "{s}", mode: substitute }
      - { place: header, name: x-twice, template: "{s.token}:{s.token}" }
`,
  '/etc/k/k.yaml',
);
const listed = (client?: string) =>
  needsOf(config, client)
    .filter(({ needs }) => needs.length > 0)
    .map(({ by, needs }) => [by, ...needs.map(({ secret, field }) => `${secret}.${field}`)]);

describe('what needs fields of secrets', () => {
  it('is every place, every secret that is made from others and every backend', () => {
    expect(listed()).toEqual([
      ['policy api (basic)', 's.user', 's.token'],
      ['policy api (ws /d)', 's.value'],
      ['policy api (header x-twice)', 's.token'],
      ['secret o', 's.app'],
      ['backend w', 'key.value'],
    ]);
  });

  it('is for one client what applies to it', () => {
    expect(listed('desk')).toEqual(listed());
    expect(listed('agents').map(([by]) => by)).toEqual(['secret o', 'backend w']);
  });

  it('is filled as a request would be, also where only a placeholder is replaced', () => {
    const [basic, ws] = needsOf(config, undefined);
    const fine = credentials({ s: { user: 'somebody', token: 't0ken-value', value: 's3cr3t-value' } });
    expect(() => basic?.fill?.(fine)).not.toThrow();
    expect(() => ws?.fill?.(fine)).not.toThrow();
    const colon = credentials({ s: { user: 'some:body', token: 't0ken-value' } });
    expect(() => basic?.fill?.(colon)).toThrow(expect.objectContaining({ code: 'secret_unavailable' }));
    expect(() => ws?.fill?.(colon)).toThrow(expect.objectContaining({ code: 'secret_unavailable' }));
  });
});
