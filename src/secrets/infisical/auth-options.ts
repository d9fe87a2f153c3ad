import { z } from 'zod';
import { ruled } from '../../core/rule.js';
import { textOption } from '../allowed.js';
import { regionOption } from '../aws/region.js';
import { fileOption } from '../connection-options.js';
import { exactlyOne, ruleOf, together } from '../option-rules.js';
import { secretReference } from '../reference.js';

const identity = textOption(/^[\w-]{1,64}$/, 'the ID of an identity: letters, digits, "-" and "_"').describe(
  'The ID of the machine identity.',
);

/** Where Kubernetes puts the token of a pod's service account. */
const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

const universalKeys = z.strictObject({
  method: z.literal('universal').describe('A client ID and a client secret (Universal Auth).'),
  client_id: textOption(/^[\w-]{1,128}$/, 'a client ID: letters, digits, "-" and "_"').describe('Its client ID.'),
  client_secret_file: fileOption.optional().describe('A file that holds its client secret.'),
  client_secret: secretReference
    .optional()
    .describe('Instead of the file: the secret that is its client secret. The address has to be among its `hosts`.'),
  organization_slug: textOption(/^[\w-]{1,64}$/, 'the slug of an organization')
    .optional()
    .describe('The organization that the login is for, where it is not the one that the identity belongs to.'),
});

const universal = ruled(universalKeys, [exactlyOne('client_secret_file', 'client_secret')]);

const kubernetes = z.strictObject({
  method: z.literal('kubernetes').describe('The token of a service account of Kubernetes.'),
  identity_id: identity,
  jwt_file: fileOption.default(serviceAccountToken).describe('The token; read at each login, as it is replaced often.'),
});

function byJwt<const Method extends 'oidc' | 'jwt'>(method: Method, words: string) {
  const keys = z.strictObject({
    method: z.literal(method).describe(words),
    identity_id: identity,
    jwt_file: fileOption.optional().describe('A file that holds the token; read at each login.'),
    jwt: secretReference
      .optional()
      .describe('Instead of the file: the secret that is the token. The address has to be among its `hosts`.'),
  });
  return ruled(keys, [exactlyOne('jwt_file', 'jwt')]);
}

const awsKeys = z.strictObject({
  method: z.literal('aws').describe('A request to AWS STS, signed and not sent, that says who we are there.'),
  identity_id: identity,
  region: regionOption.describe('The region whose STS is asked, such as `eu-central-1`.'),
  access_key_id: secretReference
    .optional()
    .describe('The secret that is the access key ID; without it AWS_ACCESS_KEY_ID of the environment and its kin.'),
  secret_access_key: secretReference
    .optional()
    .describe('The secret that is the secret access key. It is signed with, and sent nowhere.'),
  session_token: secretReference
    .optional()
    .describe('The secret that is the session token of temporary keys. The address has to be among its `hosts`.'),
});

const aws = ruled(awsKeys, [
  together('access_key_id', 'secret_access_key'),
  ruleOf<z.output<typeof awsKeys>>()(['access_key_id', 'session_token'], ({ access_key_id, session_token }) =>
    session_token === undefined || access_key_id !== undefined
      ? []
      : [
          {
            path: ['session_token'],
            message: 'found "session_token", which is of access_key_id; allowed is that, or no "session_token"',
          },
        ],
  ),
]);

/** How Keywright logs in: one of the methods of a machine identity. */
export const authOption = z.discriminatedUnion('method', [
  universal,
  kubernetes,
  byJwt('oidc', 'A token of an OpenID provider (OIDC Auth).'),
  byJwt('jwt', 'A token that is checked with a key of its issuer (JWT Auth).'),
  aws,
]);

export type Auth = z.output<typeof authOption>;
