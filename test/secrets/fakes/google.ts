import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify, UnsecuredJWT, type JWTPayload } from 'jose';
import type { BackendHandler, BackendReply, BackendRequest } from '../backend-server.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** What its error descriptions repeat, as those of a careless server would. */
export const described = 'described-s3cr3t';

export const workloadAudience = '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x';

/** The token endpoint, Security Token Service and IAM Credentials of Google. What comes is checked: signature, claims, times, names. */
export class FakeGoogle {
  readonly email = 'keywright@project.iam.gserviceaccount.com';
  readonly keyId = randomBytes(20).toString('hex');
  readonly subjectToken = `eyJ${randomBytes(24).toString('base64url')}`;
  /** Scopes that are granted, and whom a token may be for. */
  readonly scopes = new Set([
    'https://www.googleapis.com/auth/cloud-platform',
    'https://www.googleapis.com/auth/devstorage.read_only',
  ]);
  users = new Set<string>();
  /** Milliseconds that its clock is ahead of ours. */
  ahead = 0;
  seen: JWTPayload | undefined;
  readonly next: BackendReply[] = [];
  tamper: (answer: Record<string, unknown>) => Record<string, unknown> = (answer) => answer;
  readonly #tokens = new Map<string, string>();

  /** As the console gives it. */
  keyFile(change: Record<string, unknown> = {}): string {
    return JSON.stringify({
      type: 'service_account',
      project_id: 'project',
      private_key_id: this.keyId,
      private_key: privatePem,
      client_email: this.email,
      client_id: '1234567890',
      auth_uri: 'https://accounts.google.com/o/oauth2/auth',
      token_uri: 'https://oauth2.googleapis.com/token',
      universe_domain: 'googleapis.com',
      ...change,
    });
  }

  /** The token of this purpose: the same each time. */
  token(purpose: string): string {
    const known = this.#tokens.get(purpose) ?? `ya29.${randomBytes(24).toString('base64url')}`;
    this.#tokens.set(purpose, known);
    return known;
  }

  idToken(audience: string): string {
    const exp = Math.floor(Date.now() / 3_600_000) * 3600 + 7200;
    return new UnsecuredJWT({ aud: audience, exp, email: this.email }).encode() + 'c2ln';
  }

  readonly handler: BackendHandler = async (request) => {
    const next = this.next.shift();
    if (next !== undefined) return next;
    if (request.method !== 'POST') return refused(404, 'not_found');
    if (request.path === '/token') return this.#byAssertion(request);
    if (request.path === '/v1/token') return this.#exchange(request);
    const iam = /^\/v1\/projects\/-\/serviceAccounts\/([^/:]+):(generateAccessToken|generateIdToken)$/.exec(
      request.path,
    );
    return iam === null ? refused(404, 'not_found') : this.#impersonate(request, iam[1]!, iam[2] === 'generateIdToken');
  };

  async #byAssertion({ headers, body }: BackendRequest): Promise<BackendReply> {
    const form = new URLSearchParams(body);
    const isForm = headers['content-type'] === 'application/x-www-form-urlencoded';
    const isGrant = form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    if (!isForm || !isGrant || [...form.keys()].sort().join() !== 'assertion,grant_type')
      return refused(400, 'invalid_request');
    const assertion = form.get('assertion') ?? '';
    const now = Date.now() + this.ahead;
    try {
      if (decodeProtectedHeader(assertion).kid !== this.keyId) return refused(400, 'invalid_grant');
      const { payload } = await jwtVerify(assertion, publicKey, {
        algorithms: ['RS256'],
        issuer: this.email,
        audience: 'https://oauth2.googleapis.com/token',
        currentDate: new Date(now),
        requiredClaims: ['iat', 'exp'],
      });
      this.seen = payload;
      return this.#granted(payload, now / 1000);
    } catch {
      return refused(400, 'invalid_grant');
    }
  }

  #granted({ iat = 0, exp = 0, sub, scope, target_audience: audience }: JWTPayload, now: number): BackendReply {
    if (exp - iat > 3600 || exp > now + 3600 || iat > now) return refused(400, 'invalid_grant');
    if (sub !== undefined && !this.users.has(sub)) return refused(401, 'unauthorized_client');
    if ((scope === undefined) === (audience === undefined)) return refused(400, 'invalid_request');
    if (typeof audience === 'string') return { status: 200, body: this.tamper({ id_token: this.idToken(audience) }) };
    if (typeof scope !== 'string' || !this.#mayHave(scope.split(' '))) return refused(400, 'invalid_scope');
    const access_token = this.token(`${scope} ${sub ?? ''}`);
    return { status: 200, body: this.tamper({ access_token, expires_in: 3599, token_type: 'Bearer' }) };
  }

  #exchange({ headers, body }: BackendRequest): BackendReply {
    const { scope, ...form } = Object.fromEntries(new URLSearchParams(body));
    const expected = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: workloadAudience,
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token: this.subjectToken,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    };
    // The interface says not to send one.
    if (headers['authorization'] !== undefined) return refused(400, 'invalid_request');
    if (form['subject_token'] !== this.subjectToken) return refused(400, 'invalid_grant');
    if (form['audience'] !== workloadAudience) return refused(400, 'invalid_target');
    const isForm = headers['content-type'] === 'application/x-www-form-urlencoded';
    const isExpected = Object.entries(expected).every(([name, value]) => form[name] === value);
    if (!isForm || !isExpected || Object.keys(form).length !== 5) return refused(400, 'invalid_request');
    if (scope === undefined || !this.#mayHave(scope.split(' '))) return refused(400, 'invalid_scope');
    const issued_token_type = expected.requested_token_type;
    const token = this.token(`federated ${scope}`);
    return {
      status: 200,
      body: this.tamper({ access_token: token, issued_token_type, token_type: 'Bearer', expires_in: 3600 }),
    };
  }

  #impersonate({ headers, body }: BackendRequest, account: string, isId: boolean): BackendReply {
    const federated = this.token('federated https://www.googleapis.com/auth/cloud-platform');
    if (headers['authorization'] !== `Bearer ${federated}`) return failed(401, 'UNAUTHENTICATED');
    if (account !== this.email) return failed(403, 'PERMISSION_DENIED');
    if (headers['content-type'] !== 'application/json') return failed(400, 'INVALID_ARGUMENT');
    const { audience, scope, lifetime, includeEmail } = JSON.parse(body) as Record<string, unknown>;
    if (isId) {
      if (typeof audience !== 'string' || includeEmail !== true) return failed(400, 'INVALID_ARGUMENT');
      return { status: 200, body: this.tamper({ token: this.idToken(audience) }) };
    }
    if (!Array.isArray(scope) || lifetime !== '3600s') return failed(400, 'INVALID_ARGUMENT');
    const expireTime = new Date(Date.now() + 3_600_000).toISOString();
    return {
      status: 200,
      body: this.tamper({ accessToken: this.token(`as ${account} ${scope.join(' ')}`), expireTime }),
    };
  }

  #mayHave(scopes: readonly string[]): boolean {
    return scopes.every((scope) => this.scopes.has(scope));
  }
}

function refused(status: number, error: string): BackendReply {
  return { status, body: { error, error_description: described } };
}

function failed(code: number, status: string): BackendReply {
  return { status: code, body: { error: { code, message: described, status } } };
}
