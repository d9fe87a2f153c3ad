import { defineBackend } from './backend.js';
import { addressOption, connectionOptions, connectionRules, connectTo, fileOption } from './connection-options.js';
import { exactlyOne } from './option-rules.js';
import { secretReference } from './reference.js';
import { objectSource } from './workos/object.js';
import { pipesSource } from './workos/pipes.js';
import { openWorkos } from './workos/server.js';

/** WorkOS by its HTTP interface: its own package waits out every 429 inside the call, for as long as the server says. */
export const workosBackend = defineBackend({
  kind: 'workos',
  summary: 'WorkOS: objects of its Vault, and the accounts that users have connected by Pipes.',
  options: {
    address: addressOption.default('https://api.workos.com').describe('Where its API is.'),
    ...connectionOptions,
    api_key: secretReference
      .optional()
      .describe('The secret that holds the API key (`sk_…`); WorkOS has to be among its hosts. Or `api_key_file`.'),
    api_key_file: fileOption.optional().describe('A file that holds the API key, read for each request to WorkOS.'),
  },
  rules: [...connectionRules('address'), exactlyOne('api_key', 'api_key_file')],
  sends: ({ address }) => [{ path: ['api_key'], to: address }],
  sources: [objectSource, pipesSource],
  make({ address, api_key, api_key_file, ...connection }, context) {
    return openWorkos({ context, http: connectTo(address, connection, context), api_key, api_key_file });
  },
});
