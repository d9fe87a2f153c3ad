import type { BackendReply, BackendRequest } from '../backend-server.js';
import { errors } from './vault-engines.js';
import type { FakeTokens, TokenTerms } from './vault-tokens.js';

export interface FakeAppRole extends TokenTerms {
  readonly roleId: string;
  readonly bindSecretId?: boolean;
  /** By secret id: how often it may be used. */
  readonly secretIds: Map<string, number>;
}

/** After this many refused logins in a row, right ones are refused too. */
const attempts = 5;

/** Auth methods, by where they are mounted. */
export class FakeLogins {
  readonly appRoles = new Map<string, FakeAppRole>();
  /** What a token to log in with has to be, by role. */
  readonly kubernetes = new Map<string, TokenTerms & { jwt: string; error?: string }>();
  readonly jwt = new Map<string, TokenTerms & { jwt: string }>();
  defaultRole: string | undefined;
  /** By the common name of the certificate. */
  readonly cert = new Map<string, TokenTerms & { name: string }>();
  readonly mounts: Partial<Record<string, 'approle' | 'kubernetes' | 'jwt' | 'cert'>> = {
    approle: 'approle',
    'team/approle': 'approle',
    kubernetes: 'kubernetes',
    jwt: 'jwt',
    cert: 'cert',
  };
  refused = 0;
  readonly #tokens: FakeTokens;

  constructor(tokens: FakeTokens) {
    this.#tokens = tokens;
  }

  answer(mount: string, body: Record<string, unknown>, { clientName }: BackendRequest): BackendReply {
    const kind = this.mounts[mount];
    if (kind === undefined) return errors(404, `no handler for route "auth/${mount}/login". route entry not found.`);
    switch (kind) {
      case 'approle':
        return this.#approle(fieldsOf(body, ['role_id', 'secret_id']));
      case 'kubernetes': {
        const { role = '', jwt } = fieldsOf(body, ['role', 'jwt']);
        const found = this.kubernetes.get(role);
        if (found === undefined) return errors(400, `invalid role name "${role}"`);
        if (found.error !== undefined) return errors(403, found.error);
        return found.jwt === jwt ? this.#let(found, { role }) : errors(403, 'permission denied');
      }
      case 'jwt': {
        const { role = this.defaultRole, jwt = '' } = fieldsOf(body, ['role', 'jwt']);
        if (role === undefined) return errors(400, 'missing role');
        const found = this.jwt.get(role);
        if (found === undefined) return errors(400, `role "${role}" could not be found`);
        return found.jwt === jwt
          ? this.#let(found, { role })
          : errors(400, `error validating token: ${jwt} is expired`);
      }
      case 'cert': {
        const { name } = fieldsOf(body, ['name']);
        const found = this.cert.get(clientName ?? '');
        if (found === undefined || (name !== undefined && name !== found.name)) {
          return errors(400, 'invalid certificate or no client certificate supplied');
        }
        return this.#let(found, { cert_name: found.name });
      }
    }
  }

  #approle({ role_id, secret_id = '' }: Record<string, string | undefined>): BackendReply {
    if (this.refused >= attempts) return errors(403, 'permission denied');
    const [name, role] = [...this.appRoles].find(([, one]) => one.roleId === role_id) ?? [];
    const usesLeft = role?.secretIds.get(secret_id) ?? 0;
    if (role === undefined || (role.bindSecretId !== false && usesLeft <= 0)) {
      this.refused += 1;
      return errors(400, 'invalid role or secret ID');
    }
    role.secretIds.set(secret_id, usesLeft - 1);
    return this.#let(role, { role_name: name });
  }

  #let(terms: TokenTerms, metadata: object): BackendReply {
    const auth = this.#tokens.authOf(this.#tokens.create(terms), metadata);
    return { status: 200, body: { request_id: 'x', lease_id: '', data: null, warnings: null, auth } };
  }
}

/** Fields by name: any other is a mistake of whoever asks. */
function fieldsOf(body: Record<string, unknown>, names: readonly string[]): Record<string, string | undefined> {
  for (const [name, value] of Object.entries(body)) {
    if (!names.includes(name) || typeof value !== 'string') throw new TypeError(`a login was sent the field ${name}`);
  }
  return body as Record<string, string>;
}
