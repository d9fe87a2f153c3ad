import type { Draft } from '../core/message.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const tokenType = 'urn:ietf:params:oauth:token-type:';
/** What a bearer token can be called (RFC 8693 section 3). */
const issued: ReadonlySet<string> = new Set([`${tokenType}access_token`, `${tokenType}jwt`]);

/** What of a request for a token matters for its answer. */
export interface TokenRequest {
  /** RFC 8693 section 2.2.1: the answer to an exchange says what it gives. */
  readonly issuedTokenType: string | undefined;
}

/**
 * Reads a request for a token, whatever its grant: a form (RFC 6749 section 3.2), or the JSON object that some vendors take. Throws
 * `token_request` for what is none, or asks for a token that a placeholder cannot stand for; `body_coding`, `body_too_large`.
 */
export function readTokenRequest({ headers, content }: Draft): TokenRequest {
  const [type = '', ...others] = headers.all('content-type');
  if (content === undefined || others.length > 0) throw refused('it has no content, or more than one type of it');
  const valueOf = parametersIn(type, content.plain.toString('utf8'));
  const grant = valueOf('grant_type');
  if (grant === undefined || grant === '') throw refused('it has no grant_type');
  if (grant !== exchange) return { issuedTokenType: undefined };
  const issuedTokenType = valueOf('requested_token_type') ?? `${tokenType}access_token`;
  if (!issued.has(issuedTokenType)) throw refused('it asks for a type of token that no placeholder stands for');
  return { issuedTokenType };
}

type ValueOf = (name: string) => string | undefined;

function parametersIn(type: string, text: string): ValueOf {
  const mediaType = type.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/x-www-form-urlencoded') return formParameters(text);
  if (mediaType === 'application/json') return jsonParameters(text);
  throw refused('its content is neither a form nor JSON');
}

function formParameters(text: string): ValueOf {
  const form = new URLSearchParams(text);
  return (name) => {
    const [value, ...more] = form.getAll(name);
    // RFC 6749 section 3.2.
    if (more.length > 0) throw refused('a parameter stands in it twice');
    return value;
  };
}

function jsonParameters(text: string): ValueOf {
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch {
    // What the parser says may repeat what it read.
    throw refused('its content is no JSON');
  }
  return (name) => {
    if (typeof members !== 'object' || members === null || !Object.hasOwn(members, name)) return undefined;
    const value: unknown = (members as Readonly<Record<string, unknown>>)[name];
    if (typeof value !== 'string') throw refused('a parameter is no text');
    return value;
  };
}

function refused(why: string): Refusal {
  return new Refusal('token_request', { cause: new Reason(why) });
}
