import { randomBytes, randomUUID } from 'node:crypto';
import type { BackendHandler, BackendReply, BackendRequest } from '../backend-server.js';

interface StoredObject {
  readonly id: string;
  readonly name: string;
  value: string;
  version: string;
}

export interface FakeAccount {
  readonly value: string;
  readonly expiresAt?: string | null;
  readonly scopes?: readonly string[];
  readonly missing?: readonly string[];
  readonly error?: string;
  readonly isKey?: boolean;
}

/** The requests of WorkOS that Keywright makes: Vault KV and Pipes, as its API reference has them. What comes is checked. */
export class FakeWorkos {
  key = `sk_test_${randomBytes(18).toString('base64url')}`;
  readonly requestId = randomUUID();
  /** Answers in place of the next ones. */
  readonly next: BackendReply[] = [];
  /** What it changes of an object before it goes out. */
  tamper: (answer: Record<string, unknown>) => Record<string, unknown> = (answer) => answer;
  readonly #objects: StoredObject[] = [];
  readonly #accounts = new Map<string, FakeAccount>();

  put(name: string, value: string): StoredObject {
    const known = this.#objects.find((object) => object.name === name);
    const version = randomUUID();
    if (known !== undefined) return Object.assign(known, { value, version });
    const object = { id: `secret_${randomBytes(8).toString('hex')}`, name, value, version };
    this.#objects.push(object);
    return object;
  }

  connect(slug: string, user: string, account: FakeAccount, organization = ''): void {
    this.#accounts.set(JSON.stringify([slug, user, organization]), account);
  }

  readonly handler: BackendHandler = (request) => {
    if (request.headers['authorization'] !== `Bearer ${this.key}`) return this.#error(401, 'unauthorized');
    const next = this.next.shift();
    if (next !== undefined) return next;
    const vault = /^\/vault\/v1\/kv\/(name\/)?([^/?]+)$/.exec(request.path);
    if (vault !== null) return this.#object(request, vault[1] !== undefined, decodeURIComponent(vault[2]!));
    const pipes = /^\/data-integrations\/([^/?]+)\/(token|credentials)$/.exec(request.path);
    if (pipes !== null) return this.#vend(request, pipes[1]!, pipes[2] === 'credentials');
    return this.#error(404, 'not_found');
  };

  #object({ method, body }: BackendRequest, isName: boolean, which: string): BackendReply {
    if (method !== 'GET' || body !== '') return this.#error(400, 'bad_request');
    const object = this.#objects.find(({ id, name }) => which === (isName ? name : id));
    if (object === undefined) return this.#error(404, 'entity_not_found');
    const { id, name, value, version } = object;
    const metadata = {
      id,
      context: { organization_id: 'org_1' },
      environment_id: 'environment_1',
      key_id: randomUUID(),
      updated_at: new Date().toISOString(),
      updated_by: { id: 'user_1', name: 'Ada' },
      version_id: version,
    };
    return { status: 200, body: this.tamper({ id, name, value, metadata }) };
  }

  #vend({ method, body, headers }: BackendRequest, slug: string, isNew: boolean): BackendReply {
    if (method !== 'POST' || headers['content-type'] !== 'application/json') return this.#error(400, 'bad_request');
    const { user_id: user, organization_id: organization = '', ...rest } = JSON.parse(body) as Record<string, unknown>;
    if (typeof user !== 'string' || typeof organization !== 'string' || Object.keys(rest).length > 0) {
      return this.#error(422, 'invalid_request_parameters');
    }
    const account = this.#accounts.get(JSON.stringify([slug, user, organization]));
    const error = account === undefined ? 'not_installed' : account.error;
    if (account === undefined || error !== undefined) return { status: 200, body: { active: false, error } };
    const { value, expiresAt = null, scopes = [], missing = [], isKey = false } = account;
    if (isKey && !isNew) return this.#error(422, 'not_an_oauth_connection');
    const common = { expires_at: expiresAt, scopes, missing_scopes: missing };
    const vended = isNew
      ? { credential: { auth_method: isKey ? 'api_key' : 'oauth', value, ...common } }
      : { access_token: { object: 'access_token', access_token: value, ...common } };
    return { status: 200, body: this.tamper({ active: true, ...vended }) };
  }

  /** As WorkOS has them, and worse: the message repeats what was sent. */
  #error(status: number, code: string): BackendReply {
    return {
      status,
      headers: { 'x-request-id': this.requestId },
      body: { message: `refused ${this.key}`, code, errors: [{ code }], error: code, error_description: this.key },
    };
  }
}
