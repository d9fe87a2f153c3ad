import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../src/config/load.js';
import { systemClock } from '../src/core/clock.js';
import { Reason } from '../src/core/reason.js';
import { openSecrets, recordOf } from '../src/secret-sources.js';

const backends = `clients: [{ name: desk }]
backends:
  corp: { type: vault, address: "https://[::1]:8200", auth: { method: token, token_file: ./token } }
  users: { type: workos, api_key: account }
  pipes: { type: workos, api_key_file: ./key }
`;
const text = (secrets: string): string => `version: 1\n${backends}secrets:\n${secrets}`;
const open = (secrets: string) =>
  openSecrets(parseConfig(text(secrets), '/etc/k/k.yaml'), {
    environment: {},
    clock: systemClock,
    onEvent: () => undefined,
  });
const plain = '  account: { from: env, name: A, hosts: ["api.workos.com"] }\n';

describe('what becomes of a secret', () => {
  it('is told with times as RFC 3339 has them', () => {
    const reason = new Reason('it is sealed');
    const event = { event: 'stale', secret: 'db', backend: 'vault', expiresAt: 1_700_000_000_000, reason } as const;
    expect(recordOf(event)).toEqual({
      event: 'stale',
      secret: 'db',
      backend: 'vault',
      expires: '2023-11-14T22:13:20.000Z',
      reason: 'it is sealed',
    });
  });
});

describe('where secrets come from', () => {
  it('is no destination, however its address is written', () => {
    const { isBackend } = open(plain);
    expect([isBackend('::1', 8200), isBackend('api.workos.com', 443)]).toEqual([true, true]);
    expect([isBackend('::1', 8201), isBackend('workos.com', 443)]).toEqual([false, false]);
  });

  it.each([
    [
      'it does itself',
      '  account: { from: workos-pipes, backend: pipes, integration: github, users: { desk: u }, hosts: ["api.workos.com"] }\n',
    ],
    [
      'by way of another',
      `  own: { from: workos-pipes, backend: pipes, integration: github, users: { desk: u }, hosts: ["id.example.com"] }
  account: { from: oauth, token_url: "https://id.example.com/t", client_id: c, client_secret: own, grant: client_credentials, hosts: ["api.workos.com"] }
`,
    ],
  ])('is not logged in to, for everybody, with what differs by caller: %s', (_, secrets) => {
    expect(() => open(secrets)).toThrow(/the backend users would log in for everybody with the secret account/);
  });

  it('makes nothing for everybody of a refresh token that differs by caller', () => {
    const own =
      '  own: { from: workos-pipes, backend: pipes, integration: github, users: { desk: u }, hosts: ["id.example.com"] }\n';
    const client =
      'token_url: "https://id.example.com/t", client_id: c, client_auth: none, grant: refresh_token, refresh_token: own';
    const made = `  made: { from: oauth, ${client}, hosts: ["a.example.com"] }\n`;
    expect(() => open(`${plain}${own}${made}`)).toThrow(/made would be made for everybody from own/);
  });
});
