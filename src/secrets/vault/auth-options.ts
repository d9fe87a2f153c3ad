import { z } from 'zod';
import { ruled } from '../../core/rule.js';
import { textOption } from '../allowed.js';
import { fileOption } from '../connection-options.js';
import { atMostOne, exactlyOne, ruleOf } from '../option-rules.js';
import { secretReference } from '../reference.js';
import { mountOption } from './path.js';

function mount(usual: string) {
  return mountOption.default(usual).describe('Where the auth method is enabled, below `auth/`.');
}

const role = textOption(/^[\x21-\x7e]{1,256}$/, 'the name of a role, visible ASCII without spaces');

const tokenKeys = z.strictObject({
  method: z.literal('token').describe('A token that somebody else has made. It is renewed and never revoked.'),
  token_file: fileOption.optional().describe('A file that holds the token; read again when the token has died.'),
  token: secretReference.optional().describe('The secret that holds the token, `name` or `name.field`.'),
});

const token = ruled(tokenKeys, [exactlyOne('token_file', 'token')]);

const approleKeys = z.strictObject({
  method: z.literal('approle').describe('A role id and a secret id.'),
  mount: mount('approle'),
  role_id: textOption(/^[\x21-\x7e]{1,512}$/, 'the role id itself, visible ASCII without spaces').describe(
    'The role id: no secret by itself.',
  ),
  secret_id: secretReference.optional().describe('The secret that holds the secret id.'),
  secret_id_file: fileOption.optional().describe('A file that holds the secret id; read for each login.'),
  wrapped_secret_id_file: fileOption
    .optional()
    .describe(
      'A file that holds a response-wrapping token for the secret id. It is unwrapped once, and only if it was made for `role_name`: if somebody else was first, the login fails and says so.',
    ),
  role_name: role.optional().describe('The name of the role, for `wrapped_secret_id_file`.'),
});

const approle = ruled(approleKeys, [
  // Without any: a role with `bind_secret_id=false`.
  atMostOne('secret_id', 'secret_id_file', 'wrapped_secret_id_file'),
  ruleOf<z.output<typeof approleKeys>>()(['wrapped_secret_id_file', 'role_name'], (options) =>
    (options.wrapped_secret_id_file === undefined) === (options.role_name === undefined)
      ? []
      : [
          {
            path: ['role_name'],
            message:
              options.role_name === undefined
                ? '"role_name" is missing; allowed is the name of the role that wrapped_secret_id_file was made for'
                : 'found "role_name", which is for wrapped_secret_id_file; allowed is that, or no "role_name"',
          },
        ],
  ),
]);

const kubernetes = z.strictObject({
  method: z.literal('kubernetes').describe('The service account of the pod that Keywright runs in.'),
  mount: mount('kubernetes'),
  role: role.describe('The role to log in as.'),
  jwt_file: fileOption
    .default('/var/run/secrets/kubernetes.io/serviceaccount/token')
    .describe('The projected token; read for each login, as it is replaced in place.'),
});

const jwtKeys = z.strictObject({
  method: z.literal('jwt').describe('A token of an identity provider that Vault trusts.'),
  mount: mount('jwt'),
  role: role.optional().describe("Left out: the auth method's `default_role`."),
  jwt_file: fileOption.optional().describe('A file that holds the token; read for each login.'),
  jwt: secretReference.optional().describe('The secret that holds the token.'),
});

const jwt = ruled(jwtKeys, [exactlyOne('jwt_file', 'jwt')]);

const cert = z.strictObject({
  method: z.literal('cert').describe('The client certificate of `client_cert_file` and `client_key_file`.'),
  mount: mount('cert'),
  role: role.optional().describe('Left out: Vault tries all that it has.'),
});

export const authOption = z.discriminatedUnion('method', [token, approle, kubernetes, jwt, cert]);

export type Auth = z.output<typeof authOption>;
