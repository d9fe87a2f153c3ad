import type { z } from 'zod';
import type { Backend } from '../backend.js';
import { addressWithout, connectionOptions, connectionRules, connectTo } from '../connection-options.js';
import { ruleOf } from '../option-rules.js';
import type { Rule } from '../../core/rule.js';
import type { Clock } from '../../core/clock.js';
import type { CommonContext } from '../source-context.js';
import { authOption } from './auth-options.js';
import { VaultCalls } from './calls.js';
import { loginBy } from './login.js';
import { Mounts } from './mounts.js';
import { namespaceOption } from './path.js';
import { VaultSession } from './session.js';

export const backendOptions = {
  address: addressWithout(['/v1', '/ui']).describe(
    'Where it is, `https://vault.example.com:8200`: the address of the cluster, not of one node.',
  ),
  ...connectionOptions,
  namespace: namespaceOption.optional().describe('The namespace that all of this is in, `team-a/ci`.'),
  auth: authOption.describe('How Keywright logs in.'),
};

export type BackendOptions = z.output<z.ZodObject<typeof backendOptions>>;

export const backendRules: readonly Rule[] = [
  ...connectionRules('address'),
  ruleOf<BackendOptions>()(['auth', 'client_cert_file', 'client_key_file'], (options) =>
    options.auth.method === 'cert' && options.client_cert_file === undefined && options.client_key_file === undefined
      ? [
          {
            path: ['client_cert_file'],
            message:
              '"client_cert_file" is missing, which method: cert logs in with; allowed is it and client_key_file',
          },
        ]
      : [],
  ),
];

/** One Vault or OpenBao, as its sources see it. */
export interface VaultBackend extends Backend {
  readonly origin: string;
  readonly clock: Clock;
  readonly session: VaultSession;
  readonly mounts: Mounts;
}

export function openBackend(options: BackendOptions, context: CommonContext): VaultBackend {
  const { address, namespace, auth, ...connection } = options;
  const { clock, name, onEvent } = context;
  const http = connectTo(address, connection, context);
  const calls = new VaultCalls({ http, address, namespace, clock });
  const login = loginBy(auth, calls, context);
  const session = new VaultSession({ backend: name, calls, login, clock, onEvent });
  return {
    origin: http.origin,
    origins: [http.origin],
    clock,
    session,
    mounts: new Mounts(session),
    retryLogin: () => session.retryLogin(),
    async close(until) {
      await session.close(until);
      // What opens only once would be lost with the connection.
      await login.ended();
      await http.close();
    },
  };
}
