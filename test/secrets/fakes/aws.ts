import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { BackendHandler, BackendReply, BackendRequest } from '../backend-server.js';
import { authorizationOf, isSignedWith } from './sigv4.js';

export interface FakeKeys {
  readonly id: string;
  readonly secret: string;
  readonly token?: string;
  /** Milliseconds since the epoch. */
  expiresAt?: number;
}

export interface FakeVersion {
  readonly id: string;
  stages: string[];
  readonly text?: string;
  readonly binary?: string;
}

/** AWS as far as Keywright asks it. */
export interface FakeAws {
  readonly handler: BackendHandler;
  readonly region: string;
  /** A user of IAM who may do everything. */
  readonly user: FakeKeys;
  /** Keys that are let in, by their id. */
  readonly keys: Map<string, FakeKeys>;
  /** By name. */
  readonly secrets: Map<string, FakeVersion[]>;
  /** Roles that can be assumed, by ARN; the value is what has to be in the form. */
  readonly roles: Map<string, Readonly<Record<string, string>>>;
  /** Tokens of AssumeRoleWithWebIdentity that are good. */
  readonly webTokens: Set<string>;
  /** Every session that was given. */
  readonly sessions: { readonly form: Readonly<Record<string, string>>; readonly keys: FakeKeys }[];
  /** Of sessions, seconds; from the form otherwise. */
  lifetime: number | undefined;
  /** The same session for the same form: real ones differ. */
  sameSessions: boolean;
  /** Answered instead, for a type of error that nothing else here brings about. */
  failure: { readonly status: number; readonly type: string } | undefined;
  /** Puts a version in force, as finishing a rotation does. */
  rotate(name: string, version: Omit<FakeVersion, 'id' | 'stages'>): FakeVersion;
}

const five = 300_000;
const someKeys = (start: string): FakeKeys => ({
  id: `${start}${randomBytes(8).toString('hex').toUpperCase()}`,
  secret: randomBytes(30).toString('base64'),
});

class Refused extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, status = 400) {
    super(type);
    this.type = type;
    this.status = status;
  }
}

/** `now`: of AWS's own clock. */
export function fakeAws(region = 'eu-central-1', now: () => number = Date.now): FakeAws {
  const user = someKeys('AKIA');
  const state: FakeAws = {
    region,
    user,
    keys: new Map([[user.id, user]]),
    secrets: new Map(),
    roles: new Map(),
    webTokens: new Set(),
    sessions: [],
    lifetime: undefined,
    sameSessions: false,
    failure: undefined,
    rotate(name, version) {
      const versions = state.secrets.get(name) ?? [];
      for (const one of versions) {
        one.stages = one.stages.includes('AWSCURRENT')
          ? ['AWSPREVIOUS']
          : one.stages.filter((stage) => stage !== 'AWSPREVIOUS');
      }
      const current = { id: randomUUID(), stages: ['AWSCURRENT'], ...version };
      state.secrets.set(name, [...versions, current]);
      return current;
    },
    async handler(request) {
      const isJson = request.headers['content-type'] === 'application/x-amz-json-1.1';
      try {
        if (request.method !== 'POST' || request.path !== '/') throw new Refused('UnknownOperationException', 404);
        if (state.failure !== undefined) throw new Refused(state.failure.type, state.failure.status);
        return isJson ? await secretsManager(state, request, now) : await sts(state, request, now);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        // The real ones repeat keys, names and what was signed: nothing of it may be shown.
        const message = `${user.id} ${request.body} ${JSON.stringify(request.headers)}`;
        return isJson ? jsonError(error, message) : xmlError(error, message);
      }
    },
  };
  return state;
}

async function secretsManager(state: FakeAws, request: BackendRequest, now: () => number): Promise<BackendReply> {
  if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue')
    throw new Refused('UnknownOperationException');
  await checkSignature(state, request, 'secretsmanager', now);
  const asked = JSON.parse(request.body) as Record<string, unknown>;
  const unknown = Object.keys(asked).filter((key) => !['SecretId', 'VersionId', 'VersionStage'].includes(key));
  if (unknown.length > 0 || Object.values(asked).some((value) => typeof value !== 'string')) {
    throw new Refused('ValidationException');
  }
  const { SecretId = '', VersionId, VersionStage } = asked as Record<string, string>;
  const name = SecretId.replace(/^arn:.*:secret:/, '').replace(/-[A-Za-z0-9]{6}$/, '');
  const version = (state.secrets.get(SecretId) ?? state.secrets.get(name))?.find(
    ({ id, stages }) =>
      (VersionId === undefined || id === VersionId) &&
      (VersionId !== undefined && VersionStage === undefined ? true : stages.includes(VersionStage ?? 'AWSCURRENT')),
  );
  if (version === undefined) throw new Refused('ResourceNotFoundException');
  const { id, stages, text, binary } = version;
  const body = {
    ARN: `arn:aws:secretsmanager:${state.region}:123456789012:secret:${name}-AbCdEf`,
    Name: name,
    VersionId: id,
    VersionStages: stages,
    CreatedDate: 1_700_000_000.123,
    SecretString: text,
    SecretBinary: binary,
  };
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
}

async function sts(state: FakeAws, request: BackendRequest, now: () => number): Promise<BackendReply> {
  if (!String(request.headers['content-type']).startsWith('application/x-www-form-urlencoded'))
    throw new Refused('InvalidAction');
  if (String(request.headers['accept']).includes('json')) throw new TypeError('STS would answer in JSON');
  const form = Object.fromEntries(new URLSearchParams(request.body));
  if (form['Version'] !== '2011-06-15') throw new Refused('InvalidAction');
  const { Action = '', RoleArn = '', RoleSessionName = '', DurationSeconds = '3600' } = form;
  if (Action === 'AssumeRole') await checkSignature(state, request, 'sts', now);
  else if (Action !== 'AssumeRoleWithWebIdentity') throw new Refused('InvalidAction');
  else if (request.headers['authorization'] !== undefined) throw new TypeError('signed, though it has its token');
  else if (!state.webTokens.has(form['WebIdentityToken'] ?? '')) throw new Refused('InvalidIdentityToken');
  checkForm(form);
  const wanted = state.roles.get(RoleArn);
  if (wanted === undefined || Object.entries(wanted).some(([key, value]) => form[key] !== value)) {
    throw new Refused('AccessDenied', 403);
  }
  const keys = newSession(state, form, now() + (state.lifetime ?? Number(DurationSeconds)) * 1000);
  const ends = new Date(keys.expiresAt ?? 0).toISOString().replace(/\.\d+Z$/, 'Z');
  const xml = `<${Action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${Action}Result>
    <AssumedRoleUser><Arn>${RoleArn.replace(':role', ':assumed-role')}/${RoleSessionName}</Arn></AssumedRoleUser>
    <Credentials><AccessKeyId>${keys.id}</AccessKeyId><SecretAccessKey>${keys.secret}</SecretAccessKey>
    <SessionToken>${keys.token ?? ''}</SessionToken><Expiration>${ends}</Expiration></Credentials>
  </${Action}Result><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${Action}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body: xml };
}

const parameters =
  /^(?:Action|Version|RoleArn|RoleSessionName|DurationSeconds|Policy|ExternalId|SourceIdentity|WebIdentityToken|PolicyArns\.member\.\d+\.arn|Tags\.member\.\d+\.(?:Key|Value)|TransitiveTagKeys\.member\.\d+)$/;

function checkForm(form: Readonly<Record<string, string>>): void {
  const { RoleSessionName = '', SourceIdentity = 'none', DurationSeconds = '3600', Policy = '{}' } = form;
  const isNamed = [RoleSessionName, SourceIdentity].every((name) => /^[\w+=,.@-]{2,64}$/.test(name));
  const isKnown = Object.keys(form).every((key) => parameters.test(key));
  const seconds = Number(DurationSeconds);
  if (!isNamed || !isKnown || !(seconds >= 900 && seconds <= 43_200) || Policy.length > 2048) {
    throw new Refused('ValidationError');
  }
}

function newSession(state: FakeAws, form: Readonly<Record<string, string>>, expiresAt: number): FakeKeys {
  const same = state.sessions.find(({ form: other }) => JSON.stringify(other) === JSON.stringify(form));
  if (state.sameSessions && same !== undefined) return same.keys;
  const keys = { ...someKeys('ASIA'), token: `${randomBytes(120).toString('base64')}==`, expiresAt };
  state.keys.set(keys.id, keys);
  state.sessions.push({ form, keys });
  return keys;
}

/** As AWS says no: Secrets Manager and STS have other names for the same. */
async function checkSignature(state: FakeAws, request: BackendRequest, service: string, now: () => number) {
  const names =
    service === 'sts'
      ? { unknown: 'InvalidClientTokenId', wrong: 'SignatureDoesNotMatch', status: 403 }
      : { unknown: 'UnrecognizedClientException', wrong: 'InvalidSignatureException', status: 400 };
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const stated = authorizationOf(headers['authorization'] ?? '');
  if (stated === undefined) throw new Refused('MissingAuthenticationTokenException', names.status);
  const keys = state.keys.get(stated.id);
  if (keys === undefined || headers['x-amz-security-token'] !== keys.token)
    throw new Refused(names.unknown, names.status);
  if (keys.expiresAt !== undefined && keys.expiresAt <= now()) {
    throw new Refused(service === 'sts' ? 'ExpiredToken' : 'ExpiredTokenException', names.status);
  }
  const { scope, signedHeaders } = stated;
  const stamp = headers['x-amz-date'] ?? '';
  const time = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const own = Object.keys(headers).filter(
    (name) => name.startsWith('x-amz-') || ['host', 'content-type'].includes(name),
  );
  const isComplete =
    own.every((name) => signedHeaders.includes(name)) &&
    signedHeaders.every((name) => name in headers) &&
    signedHeaders.join() === signedHeaders.toSorted().join() &&
    scope.region === state.region &&
    scope.service === service &&
    stamp.startsWith(scope.date) &&
    Math.abs(time - now()) <= five &&
    headers['x-amz-content-sha256'] === createHash('sha256').update(request.body).digest('hex');
  const toSign = { ...request, headers };
  if (!isComplete || !(await isSignedWith(toSign, stated, keys.secret, keys.token))) {
    throw new Refused(names.wrong, names.status);
  }
}

function jsonError({ type, status }: Refused, message: string): BackendReply {
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  return { status, headers, body: { __type: type, message, Message: message } };
}

function xmlError({ type, status }: Refused, message: string): BackendReply {
  const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const error = `<Error><Type>Sender</Type><Code>${type}</Code><Message>${text}</Message></Error>`;
  const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${error}<RequestId>${randomUUID()}</RequestId></ErrorResponse>`;
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
