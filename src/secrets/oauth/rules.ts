import type { Rule } from '../../core/rule.js';
import { connectionRules } from '../connection-options.js';
import { neededFor, onlyWith, ruleOf } from '../option-rules.js';
import type { OauthOptions } from './options.js';

/** The keys that belong to a choice, and to no other: the first is needed there. */
const ofClient = {
  client_secret: ['basic', 'post'],
  private_key: ['private_key_jwt'],
  key_id: ['private_key_jwt'],
  algorithm: ['private_key_jwt'],
  client_assertion_audience: ['private_key_jwt'],
} as const;

const ofGrant = {
  refresh_token: 'refresh_token',
  state_file: 'refresh_token',
  subject_token: 'token_exchange',
  actor_token: 'token_exchange',
  requested_token_type: 'token_exchange',
  assertion_key: 'jwt_bearer',
  assertion_key_id: 'jwt_bearer',
  assertion_algorithm: 'jwt_bearer',
  assertion_issuer: 'jwt_bearer',
  assertion_subject: 'jwt_bearer',
  assertion_audience: 'jwt_bearer',
} as const;

const rule = ruleOf<OauthOptions>();

/** What belongs together is there, and nothing that would be ignored. */
export const oauthRules: readonly Rule[] = [
  ...connectionRules('token_url', 'issuer', 'revocation_url'),
  rule(['token_url', 'issuer'], ({ token_url, issuer }) =>
    token_url === undefined && issuer === undefined
      ? [{ path: ['token_url'], message: 'found neither "token_url" nor "issuer"; allowed is one of them, or both' }]
      : [],
  ),
  ...Object.entries(ofClient).map(([key, methods]) => onlyWith(key, 'client_auth', methods)),
  ...Object.entries(ofGrant).map(([key, grant]) => onlyWith(key, 'grant', [grant])),
  neededFor('client_secret', 'client_auth', ofClient.client_secret),
  neededFor('private_key', 'client_auth', ofClient.private_key),
  neededFor('refresh_token', 'grant', ['refresh_token']),
  neededFor('subject_token', 'grant', ['token_exchange']),
  neededFor('assertion_key', 'grant', ['jwt_bearer']),
];
