import type { Refusal, RefusalCode } from '../core/refusal.js';
import type { TellRefusal } from './refuse.js';

/**
 * Seconds. A placeholder never ends: all that this says is when to ask again. SDKs do that some minutes ahead (Google's five), and one
 * that is told less than these asks before each of its requests.
 */
const shortest = 600;
const longest = 3600;

export interface GivenToken {
  readonly placeholder: string;
  readonly scope: string | undefined;
  readonly issuedTokenType: string | undefined;
  /** Of what the placeholder stands for, milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
  readonly now: number;
}

/** A token response (RFC 6749 section 5.1, RFC 8693 section 2.2.1), and the fields that describe it. */
export function tokenContent(
  { placeholder, scope, issuedTokenType, expiresAt, now }: GivenToken,
  id: string,
): { readonly body: Buffer; readonly fields: string[] } {
  const rest = expiresAt === undefined ? longest : Math.floor((expiresAt - now) / 1000);
  const body = Buffer.from(
    `${JSON.stringify({
      access_token: placeholder,
      issued_token_type: issuedTokenType,
      token_type: 'Bearer',
      expires_in: Math.min(longest, Math.max(shortest, rest)),
      scope,
    })}\n`,
  );
  return { body, fields: fieldsFor(body.length, id) };
}

/** A refusal as SDKs of OAuth read it (RFC 6749 section 5.2). */
export const tokenRefusalContent: TellRefusal = (refusal, id) => {
  const error = errors[refusal.code] ?? errorFor(refusal);
  const description = `${refusal.code}: ${refusal.message}`;
  const body = `${JSON.stringify({ error, error_description: description, request_id: id })}\n`;
  const fields = fieldsFor(Buffer.byteLength(body), id);
  // RFC 9110 section 15.5.6.
  if (refusal.status === 405) fields.push('allow', 'POST');
  return { body, fields };
};

const errors: Partial<Readonly<Record<RefusalCode, string>>> = { no_placeholder: 'unauthorized_client' };

/** The second and third are of RFC 6749 section 4.1.2.1: there are no others for what is not the request's fault. */
function errorFor({ status }: Refusal): string {
  if (status < 500) return 'invalid_request';
  return status === 503 ? 'temporarily_unavailable' : 'server_error';
}

function fieldsFor(length: number, id: string): string[] {
  const fields = ['content-type', 'application/json', 'content-length', String(length)];
  return [...fields, 'cache-control', 'no-store', 'pragma', 'no-cache', 'x-keywright-request-id', id];
}
