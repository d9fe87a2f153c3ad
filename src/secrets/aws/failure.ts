import type { HttpAnswer } from '../../net/client.js';
import { isForeign, jsonOf, kindOfStatus, membersOf, retryAfterOf } from '../answer.js';
import { Unavailability, type FailureKind } from '../unavailable.js';
import { onlyElement } from './xml.js';

/** Why AWS did not give what it was asked for; `unavailable` is made of it where the name of the secret is known. */
export class AwsFailure extends Unavailability {}

/** An answer that is none of success. Its message may repeat names, accounts and keys: only the type of the error goes on. */
export function failureOf(origin: string, answer: HttpAnswer, now: number): AwsFailure {
  const { status } = answer;
  const type = typeOf(answer);
  // A status is not asked first: Secrets Manager has 400 for nearly everything.
  const known = status < 500 && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  // What has neither is of something that stands before AWS.
  const kind = known ?? (type === '' && isForeign(answer) ? 'down' : kindOfStatus(status));
  const hint = Object.hasOwn(hints, type) ? `: ${hints[type] ?? ''}` : '';
  const shown = type === '' ? '' : ` (${type})`;
  return new AwsFailure(`${origin} answered with status ${status}${shown}${hint}`, kind, retryAfterOf(answer, now));
}

/** As awsJson has it (`prefix#Type`, `Type:http://…`) or as the Query protocol does; empty where there is none that can be shown. */
function typeOf({ headers, text }: HttpAnswer): string {
  const members = membersOf(jsonOf(text));
  const stated =
    members === undefined ? onlyElement(text, 'Code') : (headers.get('x-amzn-errortype') ?? members['__type']);
  if (typeof stated !== 'string') return '';
  const type = stated.replace(/^[^#]*#/, '').replace(/:.*$/s, '');
  return /^[A-Z][A-Za-z]{2,63}$/.test(type) ? type : '';
}

const named = (kind: FailureKind, types: string): Record<string, FailureKind> =>
  Object.fromEntries(types.split(' ').map((type) => [type, kind]));

/** From the API references of Secrets Manager (GetSecretValue, common errors) and STS (AssumeRole, AssumeRoleWithWebIdentity). */
const kinds: Readonly<Record<string, FailureKind>> = {
  ...named('missing', 'ResourceNotFoundException InvalidRequestException'),
  ...named(
    'denied',
    'AccessDeniedException AccessDenied DecryptionFailure InvalidParameterException ValidationException',
  ),
  ...named('denied', 'ValidationError MalformedPolicyDocument PackedPolicyTooLarge RegionDisabledException'),
  ...named(
    'throttled',
    'ThrottlingException Throttling ThrottledException TooManyRequestsException RequestLimitExceeded',
  ),
  ...named('login', 'ExpiredTokenException ExpiredToken UnrecognizedClientException InvalidClientTokenId'),
  ...named('login', 'InvalidSignatureException SignatureDoesNotMatch IncompleteSignature IncompleteSignatureException'),
  ...named('login', 'MissingAuthenticationToken MissingAuthenticationTokenException RequestExpired OptInRequired'),
  ...named('login', 'InvalidIdentityToken IDPRejectedClaim NotAuthorized InvalidToken'),
  ...named('down', 'IDPCommunicationError InternalServiceError InternalFailure ServiceUnavailable'),
};

const clockHint = 'the secret access key is wrong, or the clock of this machine is';
const keyHint = 'the access key is unknown there: mistyped, deleted, or of another partition';
const expiredHint = 'the session that Keywright was given is over: give it a new one';
const busyHint = 'it is asked too often, and asked again later';
const policyHint = '`keywright grants --for aws` prints the policy';

/** What to do, and who has to. */
const hints: Readonly<Record<string, string>> = {
  InvalidSignatureException: clockHint,
  SignatureDoesNotMatch: clockHint,
  RequestExpired: 'the clock of this machine is wrong',
  AccessDenied: `Keywright may not take this role: the trust policy of the role has to allow the user, role or workload that Keywright is there, and a user or role needs sts:AssumeRole, too (${policyHint})`,
  AccessDeniedException: `the user or role that Keywright is there may not read it, or may not use its key in KMS: ${policyHint}, which whoever administers the account has to attach`,
  ResourceNotFoundException: 'this region of the account has no secret of this name, or no such version of it',
  InvalidParameterException: 'secret_id or version is nothing that it takes',
  ValidationException: 'secret_id or version is nothing that it takes',
  MalformedPolicyDocument: 'session_policy is no policy',
  PackedPolicyTooLarge: 'session_policy, policy_arns and tags are too much together',
  RegionDisabledException: 'the account has this region switched off for STS: switch it on there, or name another one',
  OptInRequired: 'the account has this region, or the service, not switched on',
  ExpiredToken: expiredHint,
  ExpiredTokenException: expiredHint,
  UnrecognizedClientException: keyHint,
  InvalidClientTokenId: keyHint,
  InvalidIdentityToken:
    'the token of the workload is not accepted: its issuer has to be an identity provider of the account',
  IDPRejectedClaim: 'the token of the workload has expired, or is for another audience',
  Throttling: busyHint,
  ThrottlingException: busyHint,
  ThrottledException: busyHint,
  TooManyRequestsException: busyHint,
  RequestLimitExceeded: busyHint,
  InvalidRequestException: 'the secret is about to be deleted, or another service keeps it',
  DecryptionFailure: `its key in KMS cannot be used: it is switched off, or kms:Decrypt is not allowed (${policyHint})`,
  ValidationError: 'an option is not allowed there; a session made with a session lasts at most an hour',
};
