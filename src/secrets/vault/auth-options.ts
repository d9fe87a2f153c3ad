import { z } from 'zod';
import { fileOption } from '../connection-options.js';
import { secretReference } from '../reference.js';
import { mountOption } from './path.js';

function mount(usual: string) {
  return mountOption.default(usual).describe('Where the auth method is enabled, below `auth/`.');
}

/** Which keys there are is told: zod's own words would be of no help. One line for each key that is not known. */
function login<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const allowed = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `found ${JSON.stringify(key)}; allowed is one of ${allowed}`).join('\n')
        : undefined,
  });
}

const role = z.string().regex(/^[\x21-\x7e]{1,256}$/);
const only = { error: 'found none of them, or several; allowed is exactly one' };

const token = login({
  method: z.literal('token').describe('A token that somebody else has made. It is renewed and never revoked.'),
  token_file: fileOption.optional().describe('A file that holds the token; read again when the token has died.'),
  token: secretReference.optional().describe('The secret that holds the token, `name` or `name.field`.'),
}).refine((options) => countOf(options.token_file, options.token) === 1, { ...only, path: ['token_file'] });

const approle = login({
  method: z.literal('approle').describe('A role id and a secret id.'),
  mount: mount('approle'),
  role_id: z
    .string()
    .regex(/^[\x21-\x7e]{1,512}$/)
    .describe('The role id: no secret by itself.'),
  secret_id: secretReference.optional().describe('The secret that holds the secret id.'),
  secret_id_file: fileOption.optional().describe('A file that holds the secret id; read for each login.'),
  wrapped_secret_id_file: fileOption
    .optional()
    .describe(
      'A file that holds a response-wrapping token for the secret id. It is unwrapped once, and only if it was made for `role_name`: if somebody else was first, the login fails and says so.',
    ),
  role_name: role.optional().describe('The name of the role, for `wrapped_secret_id_file`.'),
})
  // Without any: a role with `bind_secret_id=false`.
  .refine((options) => countOf(options.secret_id, options.secret_id_file, options.wrapped_secret_id_file) <= 1, {
    ...only,
    path: ['secret_id'],
  })
  .refine((options) => options.wrapped_secret_id_file === undefined || options.role_name !== undefined, {
    error: 'found none; allowed is the name of the role that wrapped_secret_id_file was made for',
    path: ['role_name'],
  });

const kubernetes = login({
  method: z.literal('kubernetes').describe('The service account of the pod that Keywright runs in.'),
  mount: mount('kubernetes'),
  role: role.describe('The role to log in as.'),
  jwt_file: fileOption
    .default('/var/run/secrets/kubernetes.io/serviceaccount/token')
    .describe('The projected token; read for each login, as it is replaced in place.'),
});

const jwt = login({
  method: z.literal('jwt').describe('A token of an identity provider that Vault trusts.'),
  mount: mount('jwt'),
  role: role.optional().describe("Left out: the auth method's `default_role`."),
  jwt_file: fileOption.optional().describe('A file that holds the token; read for each login.'),
  jwt: secretReference.optional().describe('The secret that holds the token.'),
}).refine((options) => countOf(options.jwt_file, options.jwt) === 1, { ...only, path: ['jwt_file'] });

const cert = login({
  method: z.literal('cert').describe('The client certificate of `client_cert_file` and `client_key_file`.'),
  mount: mount('cert'),
  role: role.optional().describe('Left out: Vault tries all that it has.'),
});

export const authOption = z.discriminatedUnion('method', [token, approle, kubernetes, jwt, cert], {
  error: 'found no such login; allowed is "method" with one of token, approle, kubernetes, jwt, cert',
});

export type Auth = z.output<typeof authOption>;

function countOf(...options: readonly unknown[]): number {
  return options.filter((option) => option !== undefined).length;
}
