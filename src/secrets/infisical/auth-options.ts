import { z } from 'zod';
import { fileOption } from '../connection-options.js';
import { secretReference } from '../reference.js';

const identity = z
  .string()
  .regex(/^[\w-]{1,64}$/)
  .describe('The ID of the machine identity.');

/** Where Kubernetes puts the token of a pod's service account. */
const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

function exactly<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    // One line for each: the configuration shows each at its key.
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map(() => `found an unknown key; known are ${known}`).join('\n')
        : undefined,
  });
}

const universal = exactly({
  method: z.literal('universal').describe('A client ID and a client secret (Universal Auth).'),
  client_id: z
    .string()
    .regex(/^[\w-]{1,128}$/)
    .describe('Its client ID.'),
  client_secret_file: fileOption.optional().describe('A file that holds its client secret.'),
  client_secret: secretReference
    .optional()
    .describe('Instead of the file: the secret that is its client secret. The address has to be among its `hosts`.'),
  organization_slug: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional()
    .describe('The organization that the login is for, where it is not the one that the identity belongs to.'),
}).refine((it) => (it.client_secret === undefined) !== (it.client_secret_file === undefined), {
  error: 'found both or neither of client_secret_file and client_secret; allowed is one of them',
});

const kubernetes = exactly({
  method: z.literal('kubernetes').describe('The token of a service account of Kubernetes.'),
  identity_id: identity,
  jwt_file: fileOption.default(serviceAccountToken).describe('The token; read at each login, as it is replaced often.'),
});

function byJwt<const Method extends 'oidc' | 'jwt'>(method: Method, words: string) {
  return exactly({
    method: z.literal(method).describe(words),
    identity_id: identity,
    jwt_file: fileOption.optional().describe('A file that holds the token; read at each login.'),
    jwt: secretReference
      .optional()
      .describe('Instead of the file: the secret that is the token. The address has to be among its `hosts`.'),
  }).refine((it) => (it.jwt === undefined) !== (it.jwt_file === undefined), {
    error: 'found both or neither of jwt_file and jwt; allowed is one of them',
  });
}

const aws = exactly({
  method: z.literal('aws').describe('A request to AWS STS, signed and not sent, that says who we are there.'),
  identity_id: identity,
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,20}$/)
    .describe('The region whose STS is asked, such as `eu-central-1`.'),
  access_key_id: secretReference
    .optional()
    .describe('The secret that is the access key ID; without it AWS_ACCESS_KEY_ID of the environment and its kin.'),
  secret_access_key: secretReference
    .optional()
    .describe('The secret that is the secret access key. It is signed with, and sent nowhere.'),
  session_token: secretReference
    .optional()
    .describe('The secret that is the session token of temporary keys. The address has to be among its `hosts`.'),
}).refine(
  (it) =>
    (it.access_key_id === undefined) === (it.secret_access_key === undefined) &&
    (it.session_token === undefined || it.access_key_id !== undefined),
  { error: 'found a part of the keys; allowed is access_key_id with secret_access_key, or none of them' },
);

/** How Keywright logs in: one of the methods of a machine identity. */
export const authOption = z.discriminatedUnion(
  'method',
  [
    universal,
    kubernetes,
    byJwt('oidc', 'A token of an OpenID provider (OIDC Auth).'),
    byJwt('jwt', 'A token that is checked with a key of its issuer (JWT Auth).'),
    aws,
  ],
  { error: 'allowed is a set of keys whose "method" is one of universal, kubernetes, oidc, jwt, aws' },
);

export type Auth = z.output<typeof authOption>;
