import type { Draft } from '../core/message.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import { parseUserinfo } from '../core/userinfo.js';

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const tokenType = 'urn:ietf:params:oauth:token-type:';
/** What a bearer token can be called (RFC 8693 section 3). */
const issued: ReadonlySet<string> = new Set([`${tokenType}access_token`, `${tokenType}jwt`]);

/** What of a request for a token matters for its answer. */
export interface TokenRequest {
  /** RFC 8693 section 2.2.1: the answer to an exchange says what it gives. */
  readonly issuedTokenType: string | undefined;
  /** Does this text stand in a parameter by itself, or as the password of the client (RFC 6749 section 2.3.1)? */
  readonly shows: (text: string) => boolean;
}

/**
 * Reads a request for a token, whatever its grant: a form (RFC 6749 section 3.2), or the JSON object that some vendors take. Throws
 * `token_request` for what is none, or asks for a token that a placeholder cannot stand for; `body_coding`, `body_too_large`.
 */
export function readTokenRequest({ headers, content }: Draft): TokenRequest {
  const [type = '', ...others] = headers.all('content-type');
  if (content === undefined || others.length > 0)
    throw tokenRequestRefused('it has no content, or more than one type of it');
  const { valueOf, values } = parametersIn(type, content.plain.toString('utf8'));
  const passwords = headers.all('authorization').flatMap(passwordsIn);
  const shows = (text: string): boolean => values.includes(text) || passwords.includes(text);
  const grant = valueOf('grant_type');
  if (grant === undefined || grant === '') throw tokenRequestRefused('it has no grant_type');
  if (grant !== exchange) return { issuedTokenType: undefined, shows };
  const issuedTokenType = valueOf('requested_token_type') ?? `${tokenType}access_token`;
  if (!issued.has(issuedTokenType))
    throw tokenRequestRefused('it asks for a type of token that no placeholder stands for');
  return { issuedTokenType, shows };
}

/** As it stands, and as clients write it who keep to RFC 6749: encoded like a form. */
function passwordsIn(field: string): readonly string[] {
  const { rest = '' } = parseUserinfo(field) ?? {};
  if (rest === '') return [];
  const password = rest.slice(1);
  return [password, ...new URLSearchParams(`a=${password.replaceAll('&', '%26')}`).getAll('a')];
}

interface Parameters {
  readonly valueOf: (name: string) => string | undefined;
  readonly values: readonly unknown[];
}

function parametersIn(type: string, text: string): Parameters {
  const mediaType = type.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/x-www-form-urlencoded') return formParameters(text);
  if (mediaType === 'application/json') return jsonParameters(text);
  throw tokenRequestRefused('its content is neither a form nor JSON');
}

function formParameters(text: string): Parameters {
  const form = new URLSearchParams(text);
  const valueOf = (name: string): string | undefined => {
    const [value, ...more] = form.getAll(name);
    // RFC 6749 section 3.2.
    if (more.length > 0) throw tokenRequestRefused('a parameter stands in it twice');
    return value;
  };
  return { valueOf, values: [...form.values()] };
}

function jsonParameters(text: string): Parameters {
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch {
    // What the parser says may repeat what it read.
    throw tokenRequestRefused('its content is no JSON');
  }
  const valueOf = (name: string): string | undefined => {
    if (typeof members !== 'object' || members === null || !Object.hasOwn(members, name)) return undefined;
    const value: unknown = (members as Readonly<Record<string, unknown>>)[name];
    if (typeof value !== 'string') throw tokenRequestRefused('a parameter is no text');
    return value;
  };
  return { valueOf, values: typeof members === 'object' && members !== null ? Object.values(members) : [] };
}

/** `why` never repeats what was read. */
export function tokenRequestRefused(why: string): Refusal {
  return new Refusal('token_request', { cause: new Reason(why) });
}
