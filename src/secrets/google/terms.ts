import { UsageError } from '../../core/usage-error.js';
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

/** What belongs together is there, and nothing that would be ignored. Throws `UsageError`. */
export function checkedTerms(name: string, options: GoogleOptions): Terms {
  const { service_account: key, workload_identity: workload, scopes, audience, subject } = options;
  const refuse = (what: string): never => {
    throw new UsageError(`The secret ${name}, which comes from google, ${what}.`);
  };
  if ((key === undefined) === (workload === undefined)) {
    return refuse('needs either service_account or workload_identity');
  }
  if (scopes === undefined && audience === undefined) return refuse('needs either scopes or audience');
  if (scopes !== undefined && audience !== undefined) return refuse('cannot have both scopes and audience');
  const wanted: Wanted = audience === undefined ? { kind: 'access', scopes: scopes ?? [] } : { kind: 'id', audience };
  if (key !== undefined) {
    if (subject !== undefined && wanted.kind === 'id') refuse('cannot have both subject and audience');
    return { by: 'key', key, subject, wanted };
  }
  if (workload === undefined) throw new TypeError('neither a key nor a workload');
  if (subject !== undefined) refuse('can have subject with service_account only');
  const { token, token_file: file, service_account: serviceAccount } = workload;
  if (wanted.kind === 'id' && serviceAccount === undefined) {
    refuse('needs workload_identity.service_account for an ID token: workloads have none of their own');
  }
  const from = token !== undefined && file === undefined ? { secret: token } : undefined;
  const read = file !== undefined && token === undefined ? { file } : undefined;
  return {
    by: 'workload',
    wanted,
    workload: {
      audience: workload.audience,
      token: from ?? read ?? refuse('needs either token or token_file in workload_identity'),
      tokenType: workload.subject_token_type,
      serviceAccount,
    },
  };
}
