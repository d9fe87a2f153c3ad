import { z } from 'zod';
import { allowed, allowedUnseen, textOption, unseenTextOption } from '../allowed.js';
import { addressOption, connectionOptions, fileOption } from '../connection-options.js';
import { durationBetween, durationOption } from '../duration-option.js';
import { secretReference } from '../reference.js';

/** Text that may stand in a parameter of OAuth (RFC 6749 appendix A): visible ASCII and spaces. */
const parameter = /^[\x20-\x7e]{1,4096}$/;
const visibleAscii = 'a text of visible ASCII and spaces';

const parameterText = textOption(parameter, visibleAscii).meta({ title: 'visible ASCII' });

const algorithm = z
  .enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])
  .optional();

const keyId = parameterText.optional().describe('`kid` of the signature; without it that of the JWK, if any.');

/** The types of RFC 8693 section 3 by their last part, others as the URI that they are. */
const tokenType = textOption(
  /^(?:access_token|refresh_token|id_token|jwt|saml1|saml2|[a-z][a-z0-9+.-]*:[\x21-\x7e]+)$/,
  'access_token, refresh_token, id_token, jwt, saml1, saml2, or a URI',
)
  .meta({ title: 'token type' })
  .transform((type) => (type.includes(':') ? type : `urn:ietf:params:oauth:token-type:${type}`));

/** What this source says itself; nobody may say it twice. */
const ownParameters =
  /^(?:grant_type|client_id|client_secret|client_assertion|client_assertion_type|scope|resource|audience|refresh_token|assertion|subject_token|subject_token_type|actor_token|actor_token_type|requested_token_type)$/;

/** The options of `from: oauth`. What belongs together is in `oauthRules`. */
export const oauthOptions = {
  token_url: addressOption.optional().describe('The token endpoint; without it `issuer` is asked for it.'),
  issuer: addressOption
    .optional()
    .describe(
      'The authorization server by its identifier: its metadata (RFC 8414, OpenID Connect Discovery) tell the token endpoint.',
    ),
  revocation_url: addressOption
    .optional()
    .describe(
      'Where tokens are given back (RFC 7009). Some servers end the whole grant with one token: not for `refresh_token` there.',
    ),
  ...connectionOptions,
  client_id: parameterText.describe('What the server calls Keywright.'),
  client_auth: z
    .enum(['basic', 'post', 'private_key_jwt', 'none'])
    .default('basic')
    .describe('How the client shows who it is. `none`: a public client, or one that is known by `client_cert_file`.'),
  client_secret: secretReference.optional().describe('For `basic` and `post`: the secret with the client secret.'),
  private_key: secretReference
    .optional()
    .describe('For `private_key_jwt`: the secret with the key, PEM or JWK. It stays in this process.'),
  key_id: keyId,
  algorithm: algorithm.describe('For `private_key_jwt`; without it what fits the key (`RS256` for RSA).'),
  client_assertion_audience: parameterText
    .optional()
    .describe('For `private_key_jwt`: its `aud`; without it `issuer`, else the URL of the token endpoint.'),
  grant: z
    .enum(['client_credentials', 'refresh_token', 'token_exchange', 'jwt_bearer'])
    .default('client_credentials')
    .describe('What the token is given for.'),
  refresh_token: secretReference
    .optional()
    .describe(
      'For `refresh_token`: the secret with the first one. Those that follow it are kept in `state_file`; another first one goes before them.',
    ),
  state_file: fileOption
    .optional()
    .describe(
      'For `refresh_token`: a file of Keywright alone; default `./state/oauth/` and the name in `refresh_token`.',
    ),
  subject_token: secretReference.optional().describe('For `token_exchange`: the secret that is exchanged.'),
  subject_token_type: tokenType.prefault('access_token').describe('Its type: a name of RFC 8693, or a URI.'),
  actor_token: secretReference.optional().describe('For `token_exchange`: the secret of who acts for the subject.'),
  actor_token_type: tokenType.prefault('access_token').describe('Its type: a name of RFC 8693, or a URI.'),
  requested_token_type: tokenType
    .optional()
    .describe('For `token_exchange`: the type of token to ask for; another one is refused then.'),
  assertion_key: secretReference
    .optional()
    .describe('For `jwt_bearer`: the secret with the key that signs the JWT, PEM or JWK. It stays in this process.'),
  assertion_key_id: keyId,
  assertion_algorithm: algorithm.describe('For `jwt_bearer`; without it what fits the key (`RS256` for RSA).'),
  assertion_issuer: parameterText.optional().describe('For `jwt_bearer`: the claim `iss`; without it `client_id`.'),
  assertion_subject: parameterText
    .optional()
    .describe('For `jwt_bearer`: the claim `sub`, for whom the token is; without it the claim `iss`.'),
  assertion_audience: parameterText
    .optional()
    .describe('For `jwt_bearer`: the claim `aud`; without it `issuer`, else the URL of the token endpoint.'),
  assertion_lifetime: durationBetween({ least: 1000, most: 3_600_000 }, 'a duration from 1s to 1h, such as 5m')
    .prefault('5m')
    .describe('For `jwt_bearer`: from `iat` to `exp`, from 1s to 1h.'),
  assertion_claims: z
    .record(
      textOption(
        /^(?!(?:iss|sub|aud|exp|nbf|iat|jti)$)[\w:/.-]{1,128}$/,
        'the name of a claim other than iss, sub, aud, exp, nbf, iat and jti, which have options of their own or are set here',
      ),
      z.union([z.string(), z.number(), z.boolean()], allowedUnseen('a text, a number, or true or false')),
    )
    .prefault({})
    .describe('For `jwt_bearer`: more claims, such as `scope`.'),
  scope: textOption(parameter, 'a text of scopes, separated by spaces')
    .meta({ title: 'visible ASCII' })
    .optional()
    .describe('What the token is to be good for, separated by spaces.'),
  resource: z.array(parameterText).prefault([]).describe('Where the token is to be used (RFC 8707): URIs.'),
  audience: z.array(parameterText).prefault([]).describe('The same by names, for servers that go by these.'),
  parameters: z
    .record(
      textOption(/^[\w.-]{1,128}$/, 'the name of a parameter: letters, digits, ".", "-" and "_"').refine(
        (name) => !ownParameters.test(name),
        allowed('the name of a parameter that no other option sets'),
      ),
      unseenTextOption(parameter, visibleAscii).meta({ title: 'visible ASCII' }),
    )
    .prefault({})
    .describe('More parameters of the request. They are no place for a secret.'),
  token_type: textOption(
    /^(?!(?:dpop|pop|mac|n_a)$)[a-z][\w.-]{0,63}$/i,
    'none, or what the server calls its tokens; no type that is bound to a key',
  )
    .meta({ title: 'token type' })
    .transform((type) => type.toLowerCase())
    .prefault('bearer')
    .describe(
      'What the server calls its tokens, where that is not `Bearer` (RFC 6749 section 7.1), though they are used as such: `bot` at Slack; `none` where it does not say, as Shopify. A token that it calls Bearer is taken all the same.',
    ),
  default_lifetime: durationOption
    .prefault('5m')
    .describe('How long a token is used where the server does not say how long it holds.'),
};

export type OauthOptions = z.output<z.ZodObject<typeof oauthOptions>>;
