import type { SecretReference } from '../reference.js';
import type { GoogleOptions } from './options.js';

/** What the token is for: services of Google by scopes, or whoever checks an ID token. */
export type Wanted =
  { readonly kind: 'access'; readonly scopes: readonly string[] } | { readonly kind: 'id'; readonly audience: string };

export interface WorkloadTerms {
  readonly audience: string;
  readonly token: { readonly file: string } | { readonly secret: SecretReference };
  readonly tokenType: string;
  readonly serviceAccount: string | undefined;
}

export type Terms = { readonly wanted: Wanted } & (
  | { readonly by: 'key'; readonly key: SecretReference; readonly subject: string | undefined }
  | { readonly by: 'workload'; readonly workload: WorkloadTerms }
);

/** The terms of options that keep to `googleRules`. Throws `TypeError` for others. */
export function termsOf(options: GoogleOptions): Terms {
  const { service_account: key, workload_identity: workload, scopes = [], audience, subject } = options;
  const wanted: Wanted = audience === undefined ? { kind: 'access', scopes } : { kind: 'id', audience };
  if (key !== undefined) return { by: 'key', key, subject, wanted };
  if (workload === undefined) return unchecked();
  const { token, token_file: file, subject_token_type: tokenType, service_account: serviceAccount } = workload;
  const from = token === undefined ? { file: file ?? unchecked() } : { secret: token };
  return { by: 'workload', wanted, workload: { audience: workload.audience, token: from, tokenType, serviceAccount } };
}

function unchecked(): never {
  throw new TypeError('the options were not checked');
}
