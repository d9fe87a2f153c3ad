import { fileSource } from '../file.js';
import type { FetchContext } from '../index.js';
import { reveal } from '../seal.js';
import type { SourceContext } from '../source-context.js';
import type { Sealed } from '../../core/sealed.js';
import type { GoogleOptions } from './options.js';
import { placeAt } from './place.js';
import type { Terms, WorkloadTerms } from './terms.js';
import { accessTokenIn, idTokenIn, impersonatedTokenIn, type Token } from './token.js';

/** What a token needs that is only shown to IAM Credentials, for the token of a service account. */
const forImpersonation = 'https://www.googleapis.com/auth/cloud-platform';

/** A token by workload identity federation (https://cloud.google.com/iam/docs/workload-identity-federation). */
export function tokenByWorkload(
  { workload, wanted }: Extract<Terms, { by: 'workload' }>,
  options: GoogleOptions,
  context: SourceContext,
): (fetching: FetchContext) => Promise<Token> {
  const { name, clock } = context;
  const sts = placeAt(options.sts_url, options, context);
  const iam = placeAt(options.iam_url, options, context);
  const shownToken = subjectToken(workload.token, context);
  const { serviceAccount } = workload;
  return async (fetching) => {
    const { signal } = fetching;
    const shown = reveal(await shownToken(fetching, sts.origin));
    const now = clock.now();
    const isDirect = serviceAccount === undefined && wanted.kind === 'access';
    const body = exchangeOf(workload, shown, isDirect ? wanted.scopes.join(' ') : forImpersonation);
    const exchanged = await sts.ask({ body, shown: 'the token of this workload', signal });
    const federated = accessTokenIn({ name, origin: sts.origin, now }, exchanged);
    if (serviceAccount === undefined) return federated;
    const isAccess = wanted.kind === 'access';
    const answer = await iam.ask({
      path: `/v1/projects/-/serviceAccounts/${serviceAccount}:${isAccess ? 'generateAccessToken' : 'generateIdToken'}`,
      body: isAccess ? { scope: wanted.scopes, lifetime: '3600s' } : { audience: wanted.audience, includeEmail: true },
      bearer: reveal(federated.value),
      shown: `this workload as ${serviceAccount}`,
      signal,
    });
    const reading = { name, origin: iam.origin, now };
    return isAccess ? impersonatedTokenIn(reading, answer) : idTokenIn(reading, answer['token']);
  };
}

/** Token exchange (RFC 8693), as Google has it. */
function exchangeOf({ audience, tokenType }: WorkloadTerms, token: string, scope: string): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience,
    scope,
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token: token,
    subject_token_type: tokenType,
  });
}

function subjectToken(
  token: WorkloadTerms['token'],
  context: SourceContext,
): (fetching: FetchContext, to: string) => Promise<Sealed> {
  if ('secret' in token) return ({ secret }, to) => secret(token.secret, to);
  const file = fileSource.make({ path: token.file, format: 'text' }, context);
  return async (fetching) => {
    const { value } = (await file.fetch(fetching)).fields;
    if (value === undefined) throw new TypeError('a text without a value');
    return value;
  };
}
