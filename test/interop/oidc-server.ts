import { createServer, type Server } from 'node:https';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, jwtVerify, type JWK } from 'jose';
import type { Context, default as Provider } from 'oidc-provider';
import { serverCertificate, testAuthority } from '../support/certificates.js';

export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const bearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

export interface OidcServer {
  /** `https://localhost:PORT`. */
  readonly issuer: string;
  readonly caFile: string;
  readonly folder: string;
  readonly provider: Provider;
  /** The public half of what it signs access tokens with. */
  readonly publicKey: JWK;
  /** A consent of somebody at their browser: the refresh token that came of it. */
  consent(client: string): Promise<string>;
  close(): Promise<void>;
}

/** The real `oidc-provider` over HTTPS: refresh tokens rotate, resources get JWTs, and the two grants that it has no code for are ours. */
export async function startOidcServer(
  clients: readonly object[],
  trusted: { readonly subject: string; readonly assertionKey: JWK },
): Promise<OidcServer> {
  const authority = testAuthority();
  const folder = mkdtempSync(join(tmpdir(), 'oidc-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, authority.certificatePem);
  const server: Server = createServer(serverCertificate(authority, ['localhost']));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `https://localhost:${(server.address() as AddressInfo).port}`;
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const { default: Provider, errors } = await import('oidc-provider');
  const configuration = {
    clients: clients.map((client) => ({ redirect_uris: [], response_types: [], ...client })),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'k' }] },
    cookies: { keys: ['k'] },
    scopes: ['openid', 'offline_access', 'read'],
    rotateRefreshToken: true,
    ttl: { AccessToken: 600, ClientCredentials: 600, Grant: 3600, IdToken: 600, RefreshToken: 3600 },
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_: unknown, audience: string) => {
          if (audience !== 'https://api.example.com') throw new errors.InvalidTarget();
          return { scope: 'read', audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
        },
      },
    },
  };
  const provider = inThisRealm(() => new Provider(issuer, configuration));
  const issue = async (context: Context, more: object): Promise<void> => {
    const token = new provider.ClientCredentials({ client: context.oidc.client, scope: 'read' });
    const value = await token.save();
    context.body = { access_token: value, expires_in: token.expiration, token_type: token.tokenType, ...more };
  };
  const refused = (context: Context): void => {
    Object.assign(context, { status: 400, body: { error: 'invalid_grant', error_description: 'not this one' } });
  };
  provider.registerGrantType(
    exchangeGrant,
    async (context) => {
      const { subject_token, subject_token_type } = context.oidc.params;
      const isKnown = subject_token === trusted.subject && subject_token_type === accessTokenType;
      if (isKnown) await issue(context, { issued_token_type: accessTokenType });
      else refused(context);
    },
    ['subject_token', 'subject_token_type', 'audience'],
  );
  provider.registerGrantType(
    bearerGrant,
    async (context) => {
      const options = { issuer: 'robot', subject: 'someone', audience: issuer, maxTokenAge: '5m' };
      const known = jwtVerify(context.oidc.params['assertion'] ?? '', trusted.assertionKey, options);
      if (
        await known.then(
          () => true,
          () => false,
        )
      )
        await issue(context, {});
      else refused(context);
    },
    ['assertion'],
  );
  server.on('request', provider.callback());
  return {
    issuer,
    caFile,
    folder,
    provider,
    publicKey: await exportJWK(publicKey),
    async consent(id) {
      const client = await provider.Client.find(id);
      const grant = new provider.Grant({ accountId: 'someone', clientId: id });
      grant.addOIDCScope('openid offline_access');
      const grantId = await grant.save();
      const of = { accountId: 'someone', client, grantId, gty: 'authorization_code', scope: 'openid offline_access' };
      return new provider.RefreshToken(of).save();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** In Jest, a structured clone is of another realm, and no plain object to those who compare constructors, as the server does. */
function inThisRealm<T>(make: () => T): T {
  const original = globalThis.structuredClone;
  globalThis.structuredClone = <Value>(value: Value) => JSON.parse(JSON.stringify(value)) as Value;
  try {
    return make();
  } finally {
    globalThis.structuredClone = original;
  }
}
