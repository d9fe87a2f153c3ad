import { z } from 'zod';
import { expected } from './messages.js';
import type { TokenAccount } from '../policy/rule.js';
import { section } from './section.js';
import { nameText } from './text.js';

const scopes = expected('names separated by single spaces, such as "read write"');

const account = {
  secret: nameText.describe(
    'The secret whose placeholder is given out: best one that Keywright fetches itself (`oauth`, `google`); another policy puts it on requests in `mode: substitute`.',
  ),
  scope: z
    .string({ error: scopes })
    // RFC 6749 appendix A.4.
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/, { error: scopes })
    .max(4096, { error: scopes })
    .meta({ title: 'scope' })
    .optional()
    .describe(
      'What the answers say that the token is good for. Left out, nothing: clients take that for what they asked for.',
    ),
  asked_with: nameText
    .optional()
    .describe(
      'The secret whose placeholder the program shows when it asks for this one, such as its refresh token or client secret. Needed where there are `others`; a request that does not show it is refused.',
    ),
};

/** A policy's key `token_endpoint`: what belongs together is checked by check-token-endpoints. */
export const tokenEndpointKey = section({
  ...account,
  others: z
    .array(section(account).transform(accountOf))
    .prefault([])
    .describe('More accounts that ask at the same place, each told by its own `asked_with`.'),
})
  .transform(({ others, ...first }) => ({ ...accountOf(first), others }))
  .optional()
  .describe(
    'The program fetches access tokens here by itself, and would hold them. It gets a placeholder instead, whatever its grant (RFC 6749, RFC 7523, RFC 8693), and its requests (POST) go nowhere. No `id_token` and no `refresh_token` is given.',
  );

function accountOf({ asked_with: askedWith, ...rest }: z.output<z.ZodObject<typeof account>>): TokenAccount {
  return { ...rest, askedWith };
}
