import type { AnswerStart } from '../index.js';

/**
 * Codes by which AWS says that a key or session is over, or was never there; with 400 or 403, where others answer 401
 * (docs.aws.amazon.com, "Common error types" of each service and "Error responses" of S3).
 */
const codes = [
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  // Of S3.
  'InvalidAccessKeyId',
  'InvalidToken',
  'TokenRefreshRequired',
].join('|');

/** `ExpiredTokenException:http://internal.amazon.com/coral/…`; of services that once spoke Query, `InvalidClientTokenId;Sender`. */
const inHeader = new RegExp(`^(?:[\\w.]+#)?(?:${codes})(?:[:;]|$)`);

/** In XML, in JSON, and in CBOR, where a text has its length before it. */
const inBody = new RegExp(
  `(?:<Code>|"(?:__type|[Cc]ode)"\\s*:\\s*"|__type(?:[\\x60-\\x77]|\\x78.))(?:[\\w.]+#)?(?:${codes})(?![A-Za-z])`,
  's',
);

/** Whether the keys that a request was signed with are refused by this answer, so that others are to be asked for. */
export function refusesKeys({ status, headers, body }: AnswerStart): boolean {
  if (status !== 400 && status !== 403) return false;
  const stated = ['x-amzn-errortype', 'x-amzn-query-error'].flatMap((name) => headers.all(name));
  return stated.some((value) => inHeader.test(value)) || inBody.test(body.toString('latin1'));
}
