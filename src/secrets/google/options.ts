import { z } from 'zod';
import { addressOption, connectionOptions, fileOption } from '../connection-options.js';
import { secretReference } from '../reference.js';

/** Where Google takes assertions, and what they have to be made out to, wherever they are sent. */
export const googleTokenUrl = 'https://oauth2.googleapis.com/token';

const visible = z.string().regex(/^[\x21-\x7e]{1,1024}$/);

/** It fills one segment of a path. */
const serviceAccountEmail = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,127}@[a-z0-9][a-z0-9.-]{0,127}$/)
  .meta({ title: 'e-mail address of a service account' });

const workloadIdentity = z.strictObject({
  audience: visible.describe(
    'The provider: `//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`.',
  ),
  token_file: fileOption.optional().describe('A file with the token to show, read for each exchange. Or `token`.'),
  token: secretReference
    .optional()
    .describe(
      'The secret that is the token to show; the host of `sts_url` has to be among its hosts. Or `token_file`.',
    ),
  subject_token_type: visible
    .default('urn:ietf:params:oauth:token-type:jwt')
    .describe('What kind of token that is, as a URN of RFC 8693.'),
  service_account: serviceAccountEmail
    .optional()
    .describe('The service account to act as; without it the token is that of the workload itself.'),
});

export const googleOptions = {
  service_account: secretReference
    .optional()
    .describe('The secret that holds the JSON key of a service account. It only signs. This or `workload_identity`.'),
  workload_identity: workloadIdentity
    .optional()
    .describe('A token that the platform gives this program, exchanged for one of Google. This or `service_account`.'),
  scopes: z
    .array(visible)
    .min(1)
    .max(100)
    .optional()
    .describe(
      'For an access token: what it is good for, such as `https://www.googleapis.com/auth/devstorage.read_only`.',
    ),
  audience: visible
    .optional()
    .describe('For an ID token instead: whom it is made out to, such as the URL of a service on Cloud Run.'),
  subject: visible
    .optional()
    .describe('The user that the service account acts as, by domain-wide delegation; with `service_account` only.'),
  token_url: addressOption
    .default(googleTokenUrl)
    .describe('Where assertions of service accounts go. A key file that names yet another place is refused.'),
  sts_url: addressOption.default('https://sts.googleapis.com/v1/token').describe('Where tokens are exchanged.'),
  iam_url: addressOption
    .default('https://iamcredentials.googleapis.com')
    .describe('Where tokens of service accounts are made for workloads.'),
  ...connectionOptions,
};

export type GoogleOptions = z.output<z.ZodObject<typeof googleOptions>>;
