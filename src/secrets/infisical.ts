import { defineBackend } from './backend.js';
import { addressWithout, connectionOptions, connectionRules, connectTo } from './connection-options.js';
import { authOption } from './infisical/auth-options.js';
import { dynamicSource } from './infisical/dynamic.js';
import { grantsFor } from './infisical/grants.js';
import { loginOf } from './infisical/login.js';
import { openInfisical } from './infisical/server.js';
import { staticSource } from './infisical/static.js';

/**
 * Infisical, hosted or one's own, by its HTTP interface: its own SDK repeats whatever fails, leases included, and hides how long a login
 * lasts. Field names and errors: https://infisical.com/docs/api-reference, and `/api/docs/json` of any instance.
 */
export const infisicalBackend = defineBackend({
  kind: 'infisical',
  summary: 'Infisical: the hosted one of either region, or your own.',
  options: {
    address: addressWithout(['/api'])
      .default('https://app.infisical.com')
      .describe('Where it is: https://app.infisical.com, https://eu.infisical.com, or your own.'),
    ...connectionOptions,
    auth: authOption.describe('How Keywright logs in, as a machine identity.'),
  },
  rules: connectionRules('address'),
  sends: ({ address }) =>
    ['client_secret', 'jwt', 'session_token'].map((key) => ({ path: ['auth', key], to: address })),
  sources: [staticSource, dynamicSource],
  make({ address, auth, ...connection }, context) {
    const http = connectTo(address, connection, context);
    const { name, clock, onEvent } = context;
    return openInfisical({ name, clock, onEvent, http, login: loginOf(auth, http.origin, context) });
  },
  grants: (_, uses) => grantsFor(uses),
});
