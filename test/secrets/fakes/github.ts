import { createPublicKey, generateKeyPairSync, randomBytes, verify, type KeyObject } from 'node:crypto';
import type { BackendHandler, BackendReply, BackendRequest } from '../backend-server.js';

export interface FakeRepository {
  readonly id: number;
  /** `owner/name`. */
  readonly name: string;
}

export interface FakeInstallation {
  readonly id: number;
  readonly account: string;
  readonly type: 'Organization' | 'User';
  readonly repositories: readonly FakeRepository[];
  readonly permissions: Readonly<Record<string, 'read' | 'write' | 'admin'>>;
  suspended?: boolean;
}

export interface FakeApp {
  readonly appId: number;
  readonly clientId: string;
  readonly publicKey: KeyObject;
  readonly installations: FakeInstallation[];
}

export interface FakeToken {
  readonly token: string;
  readonly appId: number;
  readonly installation: number;
  readonly permissions: Readonly<Record<string, string>>;
  readonly repositories: readonly FakeRepository[];
  readonly expiresAt: number;
  revoked: boolean;
}

/** What a token is good for that nobody asked for. */
export type Widening = 'permission' | 'level' | 'all repositories' | 'other repository' | 'no scope' | 'no end';

export interface FakeGitHub {
  readonly handler: BackendHandler;
  readonly tokens: FakeToken[];
  /** Is this token good now? */
  isLive(token: string): boolean;
  /** Milliseconds; GitHub's are an hour. */
  lifetime: number;
  widening: Widening | undefined;
  /** In place of any other answer, for requests of this path. */
  instead: ((request: BackendRequest) => BackendReply | undefined) | undefined;
}

export interface FakeKeys {
  readonly publicKey: KeyObject;
  readonly pkcs1: string;
  readonly pkcs8: string;
}

export function appKeys(modulusLength = 2048): FakeKeys {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  const pem = (type: 'pkcs1' | 'pkcs8'): string => privateKey.export({ type, format: 'pem' }).toString();
  return { publicKey, pkcs1: pem('pkcs1'), pkcs8: pem('pkcs8') };
}

/** The new form of 2026: `ghs_<APPID>_<JWT>`, some 520 characters. */
function newToken(appId: number): string {
  const part = (bytes: number): string => randomBytes(bytes).toString('base64url');
  return `ghs_${appId}_${part(30)}.${part(90)}.${part(256)}`;
}

const ranks = ['read', 'write', 'admin'];
const message = (status: number, text: string): BackendReply => ({
  status,
  body: { message: text, documentation_url: 'https://docs.github.com/rest' },
});

/** The part of GitHub that apps use, under `/api/v3`: it verifies JWTs, narrows tokens, and knows which ones are live. */
export function fakeGitHub(apps: readonly FakeApp[], base = '/api/v3'): FakeGitHub {
  const tokens: FakeToken[] = [];
  const fake: FakeGitHub = {
    tokens,
    lifetime: 3_600_000,
    widening: undefined,
    instead: undefined,
    isLive: (token) => tokens.some((one) => one.token === token && !one.revoked && one.expiresAt > Date.now()),
    handler(request) {
      if (!request.path.startsWith(`${base}/`)) return message(404, 'Not Found');
      const path = request.path.slice(base.length);
      const wrong = wrongFields(request);
      if (wrong !== undefined) return message(400, wrong);
      return fake.instead?.(request) ?? answer(request, path);
    },
  };

  function answer(request: BackendRequest, path: string): BackendReply {
    const { method } = request;
    if (method === 'DELETE' && path === '/installation/token') return revoke(bearerOf(request));
    const app = appOf(bearerOf(request), apps);
    if (typeof app === 'string') return message(401, app);
    const [, id] = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(path) ?? [];
    if (method === 'POST' && id !== undefined) return mint(app, Number(id), request);
    const [, kind, name] = /^\/(orgs|users|repos)\/([\w./-]+)\/installation$/.exec(path) ?? [];
    const found = app.installations.find(({ account, type, repositories }) => {
      if (kind === 'repos') return repositories.some((one) => one.name === name);
      return account === name && type === (kind === 'orgs' ? 'Organization' : 'User');
    });
    if (method !== 'GET' || found === undefined) return message(404, 'Not Found');
    return {
      status: 200,
      body: { id: found.id, account: { login: found.account, type: found.type }, app_id: app.appId },
    };
  }

  function revoke(token: string): BackendReply {
    const known = tokens.find((one) => one.token === token);
    if (known === undefined || !fake.isLive(token)) return message(401, 'Bad credentials');
    known.revoked = true;
    return { status: 204 };
  }

  function mint(app: FakeApp, id: number, request: BackendRequest): BackendReply {
    const installation = app.installations.find((one) => one.id === id);
    if (installation === undefined) return message(404, 'Not Found');
    if (installation.suspended === true) return message(403, 'This installation has been suspended');
    if (request.headers['content-type'] !== 'application/json') return message(415, 'Unsupported Media Type');
    const asked = JSON.parse(request.body) as Asked;
    const repositories = chosen(installation, asked);
    const permissions = granted(installation, asked);
    if (repositories === undefined || permissions === undefined) {
      return message(422, 'There is at least one repository or permission that was not granted to this installation.');
    }
    const isNarrowed = asked.repositories !== undefined || asked.repository_ids !== undefined;
    const expiresAt = Date.now() + fake.lifetime;
    const minted = { token: newToken(app.appId), appId: app.appId, installation: id, expiresAt, revoked: false };
    tokens.push({ ...minted, permissions, repositories });
    const body = {
      token: minted.token,
      expires_at: new Date(expiresAt).toISOString(),
      permissions,
      repository_selection: isNarrowed ? 'selected' : 'all',
      ...(isNarrowed && { repositories: repositories.map((one) => ({ id: one.id, full_name: one.name })) }),
    };
    return { status: 201, body: widened(body, fake.widening) };
  }
  return fake;
}

interface Asked {
  readonly repositories?: readonly string[];
  readonly repository_ids?: readonly number[];
  readonly permissions?: Readonly<Record<string, string>>;
}

function wrongFields({ headers }: BackendRequest): string | undefined {
  if (headers['accept'] !== 'application/vnd.github+json') return 'wrong Accept';
  if (headers['x-github-api-version'] !== '2022-11-28') return 'wrong X-GitHub-Api-Version';
  return headers['user-agent'] === undefined ? 'Request forbidden by administrative rules: no User-Agent' : undefined;
}

function bearerOf({ headers }: BackendRequest): string {
  return /^Bearer (\S+)$/.exec(headers['authorization'] as string)?.[1] ?? '';
}

/** The app that a JWT is of, else what GitHub says of it. */
function appOf(jwt: string, apps: readonly FakeApp[]): FakeApp | string {
  const [head = '', body = '', signature = ''] = jwt.split('.');
  const undecoded = 'A JSON web token could not be decoded';
  if (signature === '') return undecoded;
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  const { alg } = read(head);
  const { iss, iat, exp } = read(body) as { iss: unknown; iat: number; exp: number };
  const app = apps.find(({ appId, clientId }) => iss === String(appId) || iss === clientId);
  const now = Date.now() / 1000;
  if (alg !== 'RS256' || app === undefined) return undecoded;
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    createPublicKey(app.publicKey.export({ type: 'spki', format: 'pem' })),
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) return undecoded;
  if (!(iat <= now)) return "'Issued at' claim ('iat') must be an Integer representing a time in the past";
  if (!(exp > now)) return "'Expiration time' claim ('exp') must be in the future";
  return exp <= now + 600 ? app : "'Expiration time' claim ('exp') is too far in the future";
}

function chosen({ repositories }: FakeInstallation, asked: Asked): readonly FakeRepository[] | undefined {
  if (asked.repositories !== undefined && asked.repository_ids !== undefined) return undefined;
  const wanted = asked.repositories ?? asked.repository_ids;
  if (wanted === undefined) return repositories;
  const found = repositories.filter(({ id, name }) =>
    [id, name.split('/')[1]].some((one) => wanted.includes(one as never)),
  );
  return found.length === wanted.length ? found : undefined;
}

/** Reading metadata comes with every other permission. */
function granted({ permissions }: FakeInstallation, asked: Asked): Readonly<Record<string, string>> | undefined {
  const wanted = asked.permissions ?? permissions;
  const isGranted = Object.entries(wanted).every(
    ([name, level]) => ranks.indexOf(level) <= ranks.indexOf(permissions[name] ?? ''),
  );
  return isGranted ? { ...wanted, metadata: 'read' } : undefined;
}

function widened(body: Record<string, unknown>, widening: Widening | undefined): Record<string, unknown> {
  const { permissions, repositories = [] } = body as { permissions: object; repositories?: object[] };
  switch (widening) {
    case 'permission':
      return { ...body, permissions: { ...permissions, administration: 'read' } };
    case 'level':
      return { ...body, permissions: { ...permissions, contents: 'write' } };
    case 'all repositories':
      return { ...body, repository_selection: 'all', repositories: undefined };
    case 'other repository':
      return { ...body, repositories: [...repositories, { id: 99, full_name: 'acme/payroll' }] };
    case 'no scope':
      return { ...body, permissions: undefined };
    case 'no end':
      return { ...body, expires_at: undefined };
    case undefined:
      return body;
  }
}
