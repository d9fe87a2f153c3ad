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

const clockHint = 'the key is wrong, or the clock of this machine is';
const hints: Readonly<Record<string, string>> = {
  InvalidSignatureException: clockHint,
  SignatureDoesNotMatch: clockHint,
  RequestExpired: 'the clock of this machine is wrong',
  InvalidRequestException: 'the secret is about to be deleted, or another service keeps it',
  DecryptionFailure: 'the key in KMS cannot be used',
  ValidationError: 'an option is not allowed there; a session made with a session lasts at most an hour',
};
