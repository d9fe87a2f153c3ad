import { z } from 'zod';
import { ruled, type Rule } from '../../core/rule.js';
import { allowed, textOption } from '../allowed.js';
import { addressOption, connectionOptions, connectionRules, fileOption } from '../connection-options.js';
import { atMostOne, exactlyOne, ruleOf } from '../option-rules.js';
import { secretReference } from '../reference.js';

/** Where Google takes assertions, and what they have to be made out to, wherever they are sent. */
export const googleTokenUrl = 'https://oauth2.googleapis.com/token';

const visible = textOption(/^[\x21-\x7e]{1,1024}$/, 'a text of visible ASCII without spaces');

/** It fills one segment of a path. */
const serviceAccountEmail = textOption(
  /^[a-z0-9][a-z0-9._-]{0,127}@[a-z0-9][a-z0-9.-]{0,127}$/,
  'the e-mail address of a service account, such as reader@my-project.iam.gserviceaccount.com',
).meta({ title: 'e-mail address of a service account' });

const workloadKeys = z.strictObject({
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

const workloadIdentity = ruled(workloadKeys, [exactlyOne('token', 'token_file')]);

const aScopes = allowed('a list of 1 to 100 scopes');

export const googleOptions = {
  service_account: secretReference
    .optional()
    .describe('The secret that holds the JSON key of a service account. It only signs. This or `workload_identity`.'),
  workload_identity: workloadIdentity
    .optional()
    .describe('A token that the platform gives this program, exchanged for one of Google. This or `service_account`.'),
  scopes: z
    .array(visible)
    .min(1, aScopes)
    .max(100, aScopes)
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

const rule = ruleOf<GoogleOptions>();

/** What belongs together is there, and nothing that would be ignored. */
export const googleRules: readonly Rule[] = [
  ...connectionRules('token_url', 'sts_url', 'iam_url'),
  exactlyOne('service_account', 'workload_identity'),
  exactlyOne('scopes', 'audience'),
  atMostOne('subject', 'audience'),
  rule(['subject', 'workload_identity', 'service_account'], (options) =>
    options.subject === undefined || options.workload_identity === undefined || options.service_account !== undefined
      ? []
      : [
          {
            path: ['subject'],
            message: 'found "subject", which is for service_account; allowed is that, or no "subject"',
          },
        ],
  ),
  rule(
    ['audience', 'service_account', 'workload_identity'],
    ({ audience, service_account, workload_identity: workload }) =>
      audience === undefined ||
      service_account !== undefined ||
      workload === undefined ||
      workload.service_account !== undefined
        ? []
        : [
            {
              path: ['workload_identity', 'service_account'],
              message:
                '"service_account" is missing, which an ID token (audience) needs: workloads have none of their own; allowed is its e-mail address',
            },
          ],
  ),
];
