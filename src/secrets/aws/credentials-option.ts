import { z } from 'zod';
import { textOption } from '../allowed.js';
import { fileOption } from '../connection-options.js';
import { secretReference } from '../reference.js';
import { roleArnOption } from './region.js';

const kinds = {
  environment:
    "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of Keywright's own environment, which keep for as long as it runs.",
  profile:
    'A profile of `~/.aws/credentials` and `~/.aws/config`, or of the files that AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE name: ' +
    'keys, or `role_arn` with `source_profile`. Nothing that starts a program or asks the machine.',
  web_identity: 'A token in a file, as Kubernetes or a CI service writes it, that lets Keywright into a role.',
  secret: 'Other secrets of this file. Their `hosts` have to have the endpoints of AWS that they are used at.',
};

/** What Keywright shows AWS. Said outright: nothing is looked for in places that nobody named, least of all in the metadata of a machine. */
export const credentialsOption = z
  .discriminatedUnion('from', [
    z.strictObject({ from: z.literal('environment').describe(kinds.environment) }),
    z.strictObject({
      from: z.literal('profile').describe(kinds.profile),
      profile: textOption(/^[\w.@+-]{1,128}$/, 'the name of a profile')
        .default('default')
        .describe('Its name.'),
    }),
    z.strictObject({
      from: z.literal('web_identity').describe(kinds.web_identity),
      role_arn: roleArnOption.optional().describe('The role. Left out: AWS_ROLE_ARN.'),
      token_file: fileOption.optional().describe('Read for each login. Left out: AWS_WEB_IDENTITY_TOKEN_FILE.'),
      session_name: textOption(/^[\w+=,.@-]{2,64}$/, '2 to 64 letters, digits and _+=,.@-')
        .optional()
        .describe('What CloudTrail calls Keywright. Left out: AWS_ROLE_SESSION_NAME, else `keywright`.'),
    }),
    z.strictObject({
      from: z.literal('secret').describe(kinds.secret),
      access_key_id: secretReference.describe('`name` or `name.field` of the secret that has it.'),
      secret_access_key: secretReference.describe('It signs requests and is sent nowhere.'),
      session_token: secretReference.optional().describe('Of temporary keys.'),
    }),
  ])
  .describe('What Keywright shows AWS.');

export type CredentialsOption = z.output<typeof credentialsOption>;
