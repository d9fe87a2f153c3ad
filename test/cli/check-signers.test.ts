import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkSecrets } from '../../src/cli/check-secrets.js';
import type { Finding } from '../../src/cli/finding.js';
import { parseConfig } from '../../src/config/load.js';
import { clientCertificate } from '../support/client-certificate.js';
import { generatedSecret } from '../support/proxy.js';

const token = generatedSecret();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-check-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What is found with this secret in a file, and this signer of it. */
async function findings(fields: object, inject: string): Promise<Finding[]> {
  writeFileSync(join(folder, 's.json'), JSON.stringify(fields), { mode: 0o600 });
  const config = parseConfig(
    [
      'version: 1',
      'secrets: { s: { from: file, path: s.json, format: json, hosts: [a.example.com] } }',
      `policies: [{ name: api, hosts: [a.example.com], inject: [${inject}] }]`,
    ].join('\n'),
    join(folder, 'keywright.yaml'),
  );
  return checkSecrets(config, {});
}
const missing = (why: unknown): Finding[] => [{ what: 'secret s', state: 'missing', why: why as string }];

describe('a secret that nothing can be signed with is missing', () => {
  const pem = clientCertificate('desk');
  const certificate = '{ sign: client-certificate, secret: s }';
  const hmac =
    '{ sign: hmac, secret: s, field: token, key_encoding: base64, algorithm: sha256, message: "{path}", encoding: hex, header: x }';

  it.each([
    [
      'as its certificate is of another key',
      { cert: pem.cert, key: clientCertificate('desk').key },
      certificate,
      'policy api (client certificate) cannot sign with it: the secret s holds a private key that is not that of its certificate',
    ],
    [
      'as it has no certificate',
      { key: pem.key },
      certificate,
      'policy api (client certificate) cannot sign with it: its field tls_crt or certificate or cert or value is not there',
    ],
    [
      'as its key is in another encoding',
      { token: `${token}!` },
      hmac,
      'policy api (hmac header x) cannot sign with it: its field token is not base64',
    ],
    [
      'as a part of the keys for AWS is not there',
      { access_key_id: token },
      '{ sign: sigv4, secret: s }',
      expect.stringMatching(/^policy api \(sigv4\) cannot sign with it: the secret s has no secret access key/),
    ],
    [
      'as the field that was named is not there',
      { token },
      '{ sign: sigv4, access_key_id: s.id, secret_access_key: s.token }',
      expect.stringMatching(/^policy api \(sigv4\) cannot sign with it: the secret s has no access key ID/),
    ],
  ])('%s', async (_, fields, inject, why) => {
    expect(await findings(fields, inject)).toEqual(missing(why));
  });

  it('and is there where it signs', async () => {
    const there = [{ what: 'secret s', state: 'there' }];
    expect(await findings({ cert: pem.cert, key: pem.key }, certificate)).toEqual(there);
    expect(await findings({ token: Buffer.from(token).toString('base64') }, hmac)).toEqual(there);
    expect(await findings({ access_key_id: `AKIA${token}`, secret_key: token }, '{ sign: sigv4, secret: s }')).toEqual(
      there,
    );
  });
});
